import { AiteamError } from '../../core/errors.ts';
import { parseTake } from '../../core/take.ts';
import { warn, type Context } from '../context.ts';
import { isOpen, judged, entryOf, type ConflictEntry } from './list.ts';
import { selectConflicts, type Selection } from './select.ts';
import { sideNames, takeSides, type Taken, type TakenSides } from './take-sides.ts';

/** One conflict to be asked about. */
export interface Question {
  readonly entry: ConflictEntry;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** What can be answered, in the order in which it is numbered. */
  readonly choices: readonly string[];
}

/**
 * Asks about each conflict that is not settled yet, and keeps every answer at once. An answer is a choice or its number, `s` or
 * nothing to leave a conflict open, `q` or null to end. Errors: those of `selectConflicts` and `takeSides`.
 */
export async function askThrough(context: Context, selection: Selection, ask: (question: Question) => Promise<string | null>): Promise<TakenSides> {
  const workspace = await judged(context);
  const open = selectConflicts(workspace, selection).filter(({ resolution }) => resolution === null);
  const taken: Taken[] = [];
  let last: TakenSides = { taken, left: open, landsBy: [] };
  for (const [index, { conflict }] of open.entries()) {
    // Somebody else may have settled it meanwhile.
    const entry = entryOf(await judged(context), conflict);
    if (!isOpen(entry) || entry.resolution !== null) continue;
    const question = { entry, number: index + 1, of: open.length, choices: choicesOf(entry) };
    const answer = await answered(question, ask);
    if (answer === 'quit') break;
    if (answer === 'leave') continue;
    try {
      last = await takeSides(context, { names: [conflict.id], path: null }, answer.take);
      taken.push(...last.taken);
    } catch (error) {
      // This one is not for sides to be taken; the others may be.
      if (!(error instanceof AiteamError) || error.code !== 'needs-worktree') throw error;
      warn(context, error.message, ...error.hints);
    }
  }
  const now = await judged(context);
  const left = open.map(({ conflict }) => entryOf(now, now.ledger.conflicts.get(conflict.id) ?? conflict)).filter((entry) => isOpen(entry) && entry.resolution === null);
  return { taken, left, landsBy: last.landsBy };
}

function choicesOf(entry: ConflictEntry): string[] {
  const { agent, target } = sideNames(entry);
  return entry.conflict.level === 'content' ? [agent, target, `${agent},${target}`, `${target},${agent}`] : [agent, target];
}

async function answered(question: Question, ask: (question: Question) => Promise<string | null>): Promise<{ readonly take: string } | 'leave' | 'quit'> {
  for (;;) {
    const typed = (await ask(question))?.trim() ?? null;
    if (typed === null) return 'quit';
    const take = parseTake(typed, sideNames(question.entry));
    if (take !== null && take.length <= (question.choices.length > 2 ? 2 : 1)) return { take: typed };
    const choice = /^[0-9]+$/.test(typed) ? question.choices[Number(typed) - 1] : undefined;
    if (choice !== undefined) return { take: choice };
    if (['', 's', 'skip'].includes(typed)) return 'leave';
    if (['q', 'quit'].includes(typed)) return 'quit';
  }
}
