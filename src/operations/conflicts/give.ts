import { refusal } from '../../core/errors.ts';
import type { Handoff } from '../../core/ledger.ts';
import { placeOf } from '../../core/place.ts';
import { escapeText, plural, shellWord } from '../../core/text.ts';
import { callerName } from '../caller.ts';
import type { Context } from '../context.ts';
import { giveWork, recipientOf } from '../hand-over.ts';
import { COORDINATOR } from '../handoff-names.ts';
import { judged, type ConflictEntry } from './list.ts';
import { selectConflicts, type Selection } from './select.ts';

/** Gives conflicts to somebody as a handoff; each is told by its place and the commands that show and settle it. Errors: those of `selectConflicts`, `agent-unknown`, `not-to-land`. */
export async function giveConflicts(context: Context, selection: Selection, typed: string): Promise<{ handoff: Handoff; isNew: boolean; entries: readonly ConflictEntry[] }> {
  const workspace = await judged(context);
  const to = recipientOf(workspace, typed);
  if (to === COORDINATOR) throw refusal('not-to-land', `${COORDINATOR} lands branches, it settles no conflict`, 'aiteam conflicts resolve ID --to AGENT');
  const entries = selectConflicts(workspace, selection);
  const sides = [...new Set(entries.map(({ conflict, target }) => `${conflict.agent}'s branch and ${escapeText(target)}`))].join('; ');
  const [first] = entries;
  const { handoff, isNew } = await giveWork(workspace, {
    from: callerName(workspace), to,
    task: `Settle ${plural(entries.length, 'conflict')} between ${sides}`,
    context: entries.map(({ conflict }) => `${conflict.id} ${placeOf(conflict)} (${conflict.type})`).join('\n'),
    files: [...new Set(entries.map(({ conflict }) => placeOf(conflict)))],
    notes: `aiteam conflicts show ${first?.conflict.id ?? 'ID'} shows both sides; aiteam conflicts resolve ID --take ${first?.conflict.agent ?? 'AGENT'} (or --take ${first === undefined ? 'main' : shellWord(first.target)}, or both) settles one without a checkout, --in-worktree in the branch's own worktree`,
  });
  return { handoff, isNew, entries };
}
