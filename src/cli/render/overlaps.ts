import type { OverlapFacts, OverlapSide } from '../../core/overlap-facts.ts';
import { adviceText, ownerText } from '../../core/overlap-text.ts';
import { OVERLAP_LEVELS } from '../../core/overlap.ts';
import { placeOf } from '../../core/place.ts';
import { escapeText, plural, showPath } from '../../core/text.ts';
import type { Contender } from '../../operations/overlaps/contenders.ts';
import type { Overlaps } from '../../operations/overlaps/overlaps.ts';
import { overlapLegend, overlapMatrix } from './overlap-matrix.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const MOST_FILES = 5;

/** The matrix, then what each two meet on, the worst first; `watching` says how changes are noticed, null where nobody watches. */
export function renderOverlaps(found: Overlaps, style: Style, watching: string | null): string {
  const { target, agents, overlaps } = found;
  const nameOf = (agent: string | null): string => escapeText(agent ?? target);
  const met = new Set(overlaps.flatMap(({ sides }) => sides.map(({ agent }) => agent)));
  const names = [...(met.has(null) ? [nameOf(null)] : []), ...agents.filter(({ agent }) => met.has(agent)).map(({ agent }) => nameOf(agent))];
  const matrix = overlaps.length === 0 ? [] : overlapMatrix(found, names, nameOf, style);
  const lines = [
    ...(overlaps.length === 0 ? wrap(nothingText(agents), style.width) : []),
    ...matrix,
    ...(matrix.length === 0 ? [] : wrap(overlapLegend(overlaps), style.width).map(style.dim)),
    ...pairsOf(overlaps).flatMap((pair) => ['', ...pairLines(pair, target, nameOf, style)]),
    ...paragraph(agents.flatMap(noteOf), style.yellow, style),
    ...paragraph(found.logged === null ? [] : [`${plural(found.logged, 'new block')} in .ai-coordinator/conflicts.log`], (text) => text, style),
    ...paragraph(watching === null ? [] : [`${watching}; Ctrl-C ends`], style.dim, style),
  ];
  return `${(lines[0] === '' ? lines.slice(1) : lines).join('\n')}\n`;
}

function paragraph(texts: readonly string[], paint: (text: string) => string, style: Style): string[] {
  return texts.length === 0 ? [] : ['', ...texts.flatMap((text) => wrap(text, style.width)).map(paint)];
}

function nothingText(agents: readonly Contender[]): string {
  const atWork = agents.filter((agent) => agent.atWork);
  return atWork.length === 0 ? 'no agent has any work that has not landed' : `no overlap: ${plural(atWork.length, 'agent')} at work, and no two touch the same file`;
}

/** The overlaps of each two, those with the worst first. */
function pairsOf(overlaps: readonly OverlapFacts[]): OverlapFacts[][] {
  const pairs = new Map<string, OverlapFacts[]>();
  for (const overlap of overlaps) {
    const key = JSON.stringify(overlap.sides.map(({ agent }) => agent));
    pairs.set(key, [...(pairs.get(key) ?? []), overlap]);
  }
  return [...pairs.values()].map((pair) => pair.toSorted((a, b) => rank(a) - rank(b))).sort((a, b) => rank(a[0]) - rank(b[0]));
}

function rank(overlap: OverlapFacts | undefined): number {
  return overlap === undefined ? 0 : OVERLAP_LEVELS.indexOf(overlap.level) + (overlap.verdict === 'conflict' ? 0 : OVERLAP_LEVELS.length);
}

function pairLines(pair: readonly OverlapFacts[], target: string, nameOf: (agent: string | null) => string, style: Style): string[] {
  const names = pair[0]?.sides.map(({ agent }) => nameOf(agent)).join(' and ') ?? '';
  const conflicts = pair.filter(({ verdict }) => verdict === 'conflict');
  const clean = pair.filter(({ verdict }) => verdict === 'clean');
  const advice = [...new Set(conflicts.flatMap((overlap) => (overlap.advice === null ? [] : [adviceText(overlap.advice, target)])))];
  return [
    ...wrap(`${names} ${conflicts.length > 0 ? 'would conflict' : 'touch the same files, and git merges them'}`, style.width).map(conflicts.length > 0 ? style.bold : style.dim),
    ...conflicts.flatMap((overlap) => indented(conflictText(overlap, nameOf), style)),
    ...(clean.length === 0 ? [] : indented(cleanText(clean), style).map(style.dim)),
    ...advice.flatMap((text) => indented(`→ ${text}`, style).map(style.cyan)),
  ];
}

function conflictText(overlap: OverlapFacts, nameOf: (agent: string | null) => string): string {
  const type = overlap.type === 'contents' ? '' : `, ${escapeText(overlap.type)}`;
  const owner = overlap.owner === null || overlap.owner.kind === 'unknown' ? '' : `; ${overlap.lines === null ? 'last written' : 'lines'} by ${ownerText(overlap.owner)}`;
  return `${overlap.level}, conflict: ${placeOf(overlap)}${type} (${overlap.sides.map((side) => sideText(side, nameOf)).join(', ')}${owner})`;
}

function sideText({ agent, commit }: OverlapSide, nameOf: (agent: string | null) => string): string {
  if (agent === null) return nameOf(null);
  return `${nameOf(agent)} ${commit === null ? 'uncommitted' : commit.slice(0, 8)}`;
}

function cleanText(clean: readonly OverlapFacts[]): string {
  const levels = [...new Set(clean.map(({ level }) => level))].join(', ');
  const more = clean.length > MOST_FILES ? ` and ${clean.length - MOST_FILES} more` : '';
  return `${levels}, clean: ${clean.slice(0, MOST_FILES).map(({ path }) => showPath(path)).join(', ')}${more}`;
}

function indented(text: string, style: Style): string[] {
  return wrap(text, style.width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`);
}

function noteOf({ agent, unseen, underWay }: Contender): string[] {
  return [
    ...(underWay === null ? [] : [`${agent} is in the middle of ${underWay}: its files may hold markers`]),
    ...(unseen === null ? [] : [`of ${agent} only the branch was compared: ${escapeText(unseen)}`]),
  ];
}

export function overlapsJson({ target, agents, overlaps, logged }: Overlaps): Record<string, unknown> {
  return {
    target,
    agents: agents.map(({ agent, branch, tip, atWork, uncommitted, underWay, unseen }) => ({ agent, branch, tip, atWork, uncommitted: [...uncommitted].map(showPath), underWay, unseen })),
    overlaps: overlaps.map((overlap) => ({
      id: overlap.id, level: overlap.level, verdict: overlap.verdict, type: overlap.type, path: showPath(overlap.path), lines: overlap.lines,
      sides: overlap.sides.map(({ agent, commit }) => ({ name: agent ?? target, commit, uncommitted: agent !== null && commit === null })),
      owner: overlap.owner, advice: overlap.advice === null ? null : { ...overlap.advice, text: adviceText(overlap.advice, target) },
    })),
    logged,
  };
}
