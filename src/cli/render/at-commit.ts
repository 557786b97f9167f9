import { placeOf } from '../../core/place.ts';
import { escapeText, plural, shellWord, showPath, truncate } from '../../core/text.ts';
import type { AtCommit, Collision, Shared } from '../../operations/overlaps/at-commit.ts';

const MOST = 10;
const LONGEST_TASK = 60;

/** What a commit hook says of other agents' unlanded work, a line each after `aiteam: `; empty where there is nothing to say. */
export function renderAtCommit(found: AtCommit): string {
  const { staged, blocked, collisions, shared } = found;
  const told = staged ? collisions.filter(({ word }) => word === 'block') : collisions;
  const lines = staged && !blocked ? [] : [
    ...(told.length === 0 ? [] : [headOf(found, told), ...someOf(told.map(collisionText)), ...adviceFor(found, told)]),
    ...sharedLine('others have unlanded changes elsewhere in', shared.filter(({ mechanical }) => !mechanical)),
    ...sharedLine('others have unlanded changes too in what is made rather than written:', shared.filter(({ mechanical }) => mechanical)),
  ];
  return lines.map((line) => `aiteam: ${line}\n`).join('');
}

function headOf({ staged }: AtCommit, told: readonly Collision[]): string {
  const places = plural(told.length, 'place');
  return staged ? `not committed ("overlaps:" in .aiteam.yaml says block): ${places} would conflict with work that has not landed yet`
    : `${places} of this commit would conflict with work that has not landed yet:`;
}

function collisionText({ overlap, other, tip, task, lines }: Collision): string {
  const place = placeOf({ path: overlap.path, lines });
  const what = overlap.level === 'adjacent' ? 'changed the lines beside it' : overlap.level === 'structural' ? `and you: ${escapeText(overlap.type)}` : lines === null ? 'changed it too' : 'changed the same lines';
  const about = task === null ? '' : `, task: ${truncate(escapeText(task), LONGEST_TASK)}`;
  return `  ${place}  ${other} ${what} (${tip.slice(0, 8)}${about})`;
}

function someOf(lines: readonly string[]): string[] {
  return lines.length <= MOST ? [...lines] : [...lines.slice(0, MOST), `  and ${lines.length - MOST} more: aiteam overlaps`];
}

function adviceFor({ agent, target, staged }: AtCommit, told: readonly Collision[]): string[] {
  const first = told[0];
  if (first === undefined) return [];
  const handOver = `aiteam handoff ${first.other} --task "..." --files ${shellWord(showPath(first.overlap.path))}`;
  if (staged) {
    const others = [...new Set(told.map(({ other }) => other))];
    return [
      'what you can do:',
      '  leave those paths out (git restore --staged PATH) and commit the rest',
      `  wait until ${others.join(' and ')} ${others.length === 1 ? 'has' : 'have'} landed, the change put aside meanwhile: aiteam shelve; then git merge ${escapeText(target)} and aiteam unshelve`,
      `  hand the change over: ${handOver}`,
      '  or commit all the same: AITEAM_OVERLAPS=warn git commit ...',
    ];
  }
  const turns = [...new Set(told.map(({ overlap: { advice }, other }) => (advice?.kind === 'sync' && advice.after === agent
    ? `  you land first, and ${other} settles it then: change no more of those lines than you must`
    : `  ${other} lands first: leave those lines as they are until then, and settle them here: git merge ${escapeText(target)}`)))];
  return ['your commit stands. What to do:', ...turns, `  or hand the change over and take it back here: ${handOver}`];
}

function sharedLine(what: string, shared: readonly Shared[]): string[] {
  if (shared.length === 0) return [];
  const paths = [...new Set(shared.map(({ path }) => path))].map((path) => shared.filter((one) => one.path === path));
  const texts = paths.map((of) => `${showPath((of[0] as Shared).path)} (${of.map(({ other }) => other).join(', ')})`);
  return [`${what} ${texts.slice(0, MOST).join(', ')}${texts.length > MOST ? ` and ${texts.length - MOST} more` : ''}`];
}

export function atCommitJson({ agent, target, staged, blocked, collisions, shared }: AtCommit): Record<string, unknown> {
  return {
    agent, target, staged, blocked,
    collisions: collisions.map(({ overlap, other, tip, lines, word }) => ({ id: overlap.id, path: showPath(overlap.path), level: overlap.level, type: overlap.type, lines, other, commit: tip, policy: word })),
    shared: shared.map(({ path, other, mechanical }) => ({ path: showPath(path), other, mechanical })),
  };
}
