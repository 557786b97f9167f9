import type { BeyondCount } from '../events.ts';
import { targetOf, type Conflict, type Landing, type Predicted } from '../ledger.ts';
import { takeOf, takeText } from '../take.ts';
import { escapeText, plural } from '../text.ts';
import type { ShowTime, Team } from './team.ts';

/** What became of something, as rows of its block: a name and a text. */
export type Fate = readonly (readonly [name: string, text: string])[];

/** What happened to a conflict after it was met, oldest first as far as it can be told. */
export function conflictFate(conflict: Conflict, team: Team, showTime: ShowTime): Fate {
  const { closed } = conflict;
  const resolution = team.resolutions.find(({ id }) => id === conflict.id);
  const take = resolution === undefined ? null : takeOf(resolution.take);
  const names = { agent: conflict.agent, target: targetOf(conflict, team.target) };
  const landing = closed === null ? undefined : landingSince(team, conflict, closed);
  const bySides = landing?.agents.some(({ agent, settled = [] }) => agent === conflict.agent && settled.includes(conflict.id)) === true;
  const lapsed = closed?.how === 'gone' && resolution?.dropped === null ? ', and what was taken there lapsed' : '';
  return [
    ...(conflict.timesSeen > 1 ? [['seen again', `${plural(conflict.timesSeen - 1, 'time')}, last [${showTime(conflict.seenAt)}]`] as const] : []),
    ...(resolution === undefined || take === null ? [] : [['settled', `[${showTime(resolution.at)}] by ${escapeText(resolution.by)}, who took ${escapeText(takeText(take, names))}`] as const]),
    ...(resolution?.dropped == null ? [] : [['dropped', `[${showTime(resolution.dropped.at)}] by ${escapeText(resolution.dropped.by)}: that is not taken any more`] as const]),
    ...(closed?.how !== 'gone' ? [] : [['gone', `[${showTime(closed.at)}]${closed.merged === null ? lapsed : `, settled by ${conflict.agent} in the merge ${escapeText(closed.merged.slice(0, 8))}`}`] as const]),
    ...(closed?.beyond === undefined ? [] : [['beside it', beyondText(closed.beyond)] as const]),
    ...(closed?.how !== 'landed' && landing === undefined ? [] : [['landed', landedText(landing, closed?.at ?? 0, bySides, showTime)] as const]),
  ];
}

/** What settling it has changed that was not in conflict. */
function beyondText({ merge, files, lines }: BeyondCount): string {
  return `${plural(lines, 'line')} of ${plural(files, 'file')} changed that git had merged by itself: git show --remerge-diff ${escapeText(merge.slice(0, 8))}`;
}

function landedText(landing: Landing | undefined, at: number, bySides: boolean, showTime: ShowTime): string {
  if (landing === undefined) return `[${showTime(at)}]`;
  return `[${showTime(landing.at)}] in landing ${escapeText(landing.id)}${bySides ? ', as it was settled' : ''}`;
}

/** The landing that a closed conflict went with: the last one of its branch until then, or, where the conflict went before, the next. */
function landingSince(team: Team, conflict: Conflict, closed: { readonly how: 'landed' | 'gone'; readonly at: number }): Landing | undefined {
  const own = landingsOn(team, conflict.agent, targetOf(conflict, team.target));
  return closed.how === 'landed' ? own.findLast(({ at }) => at <= closed.at && at >= conflict.at) : own.find(({ at }) => at >= closed.at);
}

/** What became of what the radar foresaw: met as a conflict, landed without one, or nothing yet. */
export function overlapFate(overlap: Predicted, team: Team, showTime: ShowTime): Fate {
  const agents = overlap.sides.flatMap(({ agent }) => (agent === null ? [] : [agent]));
  const met = team.conflicts.find((conflict) => conflict.path === overlap.path && conflict.seenAt >= overlap.at && agents.includes(conflict.agent)
    && (conflict.other.kind !== 'agent' || agents.length < 2 || agents.includes(conflict.other.agent)));
  if (met !== undefined) return [['met', `[${showTime(Math.max(met.at, overlap.at))}] as conflict ${escapeText(met.id)}`]];
  const landings = agents.map((agent) => landingsOn(team, agent, team.target).find(({ at }) => at >= overlap.at));
  const last = landings.flatMap((landing) => (landing === undefined ? [] : [landing])).toSorted((a, b) => a.at - b.at);
  const newest = last.at(-1);
  return last.length < landings.length || newest === undefined ? [] : [['landed', `[${showTime(newest.at)}] in landing ${escapeText(newest.id)}, without a conflict`]];
}

function landingsOn({ landings }: Team, agent: string, target: string): Landing[] {
  return landings.filter((landing) => landing.target === target && landing.agents.some((landed) => landed.agent === agent)).toSorted((a, b) => a.at - b.at);
}
