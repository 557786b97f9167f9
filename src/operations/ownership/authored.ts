import { refusal } from '../../core/errors.ts';
import type { Lines } from '../../core/hunks.ts';
import type { CommitId, RepoPath } from '../../core/ids.ts';
import { escapeText, plural, showPath } from '../../core/text.ts';
import { blame, type BlamedLines } from '../../git/blame.ts';
import { commitsTouching } from '../../git/commits-touching.ts';
import { readObject } from '../../git/objects.ts';
import { quarantine } from '../../git/quarantine.ts';
import type { TreeEntry } from '../../git/tree-entry.ts';
import { inScratch } from '../in-scratch.ts';
import type { Workspace } from '../workspace.ts';
import { attribution, type Attributed } from './attribution.ts';
import type { FoundPath } from './find-path.ts';

/** Lines that stand together and came from one commit. */
export interface AuthoredLines {
  readonly lines: Lines;
  readonly by: Attributed;
  /** Where they stood in that commit. */
  readonly path: RepoPath;
}

/** Who wrote a file: its lines, or where it has none, as a binary or a submodule, who wrote it last. */
export type Authored =
  | { readonly kind: 'lines'; readonly groups: readonly AuthoredLines[]; readonly count: number; /** Those asked for, bytes (latin1). */ readonly content: readonly string[] }
  | { readonly kind: 'whole'; readonly what: 'binary' | 'submodule'; readonly by: Attributed | null };

const GITLINK = '160000';
/** As far as git looks for a NUL, too. */
const BINARY_BYTES = 8_000;

/** Who wrote what was found. Errors: `line-past-end`, `no-lines` where lines were asked of something that has none. */
export async function authored(workspace: Workspace, found: FoundPath & { readonly entry: TreeEntry }): Promise<Authored> {
  const { entry } = found;
  const content = entry.mode === GITLINK ? null : ((await readObject(workspace.git, entry.id)) ?? Buffer.alloc(0));
  const isBinary = content?.subarray(0, BINARY_BYTES).includes(0) === true;
  if (content !== null && !isBinary) return authoredLines(workspace, found, content);
  if (found.lines !== null) throw refusal('no-lines', `${showPath(found.path)} is ${content === null ? 'a submodule' : 'binary'} and has no lines`, 'ask for it without lines');
  const { of } = await attribution(workspace, found.targetTip, found.at.commit);
  const [last] = await commitsTouching(workspace.git, found.at.commit, [], found.path, 1);
  return { kind: 'whole', what: content === null ? 'submodule' : 'binary', by: last === undefined ? null : ((await of([last])).get(last) ?? null) };
}

async function authoredLines(workspace: Workspace, { entry, path, at, lines, targetTip }: FoundPath & { readonly entry: TreeEntry }, content: Buffer): Promise<Authored> {
  const all = linesOf(content);
  if (lines !== null && lines[0] > all.length) {
    throw refusal('line-past-end', `${showPath(path)} has ${plural(all.length, 'line')} in ${escapeText(at.name)}, and there is no line ${lines[0]}`, `the lines are those of ${escapeText(at.name)}, not of a changed checkout; --at AGENT asks another branch`);
  }
  const asked: Lines | null = lines === null ? null : [lines[0], Math.min(lines[1], all.length + 1)];
  const { parents, of } = await attribution(workspace, targetTip, at.commit);
  const blamed = await inScratch('blame', async (folder) =>
    blame(workspace.git, { commit: at.commit, path, blob: entry.id, lines: asked, parents }, { folder, apart: quarantine(workspace.repo, folder) }));
  const made = await of([...new Set(blamed.map(({ commit }) => commit))]);
  const groups = joined(blamed).flatMap(({ commit, ...group }) => {
    const by = made.get(commit);
    return by === undefined ? [] : [{ ...group, by }];
  });
  const [start, end] = asked ?? [1, all.length + 1];
  return { kind: 'lines', groups, count: all.length, content: all.slice(start - 1, end - 1) };
}

/** Without their line breaks; bytes (latin1). */
function linesOf(content: Buffer): string[] {
  const lines = content.toString('latin1').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Git parts lines that stand together where they came by different ways. */
function joined(blamed: readonly BlamedLines[]): BlamedLines[] {
  const groups: BlamedLines[] = [];
  for (const group of blamed) {
    const last = groups.at(-1);
    if (last !== undefined && last.commit === group.commit && last.path === group.path && last.lines[1] === group.lines[0]) groups[groups.length - 1] = { ...group, lines: [last.lines[0], group.lines[1]] };
    else groups.push(group);
  }
  return groups;
}

/** How many lines each commit has of these, most first. */
export function tally(groups: readonly AuthoredLines[]): { readonly by: Attributed; readonly lines: number }[] {
  const counts = new Map<CommitId, { by: Attributed; lines: number }>();
  for (const { by, lines: [start, end] } of groups) counts.set(by.commit, { by, lines: (counts.get(by.commit)?.lines ?? 0) + end - start });
  return [...counts.values()].sort((a, b) => b.lines - a.lines);
}
