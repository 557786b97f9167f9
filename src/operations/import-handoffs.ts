import { setTimeout as sleep } from 'node:timers/promises';
import { entryId, entryOf } from '../core/handoff.ts';
import { planImport, type HandoffImport } from '../core/handoff-import.ts';
import type { UnreadText } from '../core/handoff-parse.ts';
import type { Ledger } from '../core/ledger.ts';
import { renderHandoffs } from '../core/views/handoffs.ts';
import { handoffFileAge, readHandoffFiles, replaceHandoffFile, shownIds } from '../state/views/handoff-file.ts';
import { handoffNames } from './handoff-names.ts';
import { localMinute } from './local-time.ts';
import { shortHash } from './short-hash.ts';
import { refreshed, type Workspace } from './workspace.ts';

/** Somebody may be in the middle of writing an entry: new text is read when it has not changed for so long. */
const QUIET_MS = 300;
const LONGEST_WAIT_MS = 3_000;
const ROUNDS = 5;

/** What is to be done about handoff.md. */
export interface HandoffFilePlan {
  readonly found: HandoffImport;
  readonly text: string;
  readonly upToDate: boolean;
}

/** Compares handoff.md with what it should hold; changes nothing. */
export function planHandoffFile(workspace: Workspace): HandoffFilePlan {
  const { layout, ledger } = workspace;
  const texts = readHandoffFiles(layout);
  const found = planImport(texts, new Set([...(shownIds(layout) ?? []), ...idsIn(ledger)]), handoffNames(workspace), shortHash);
  const text = renderHandoffs([...ledger.handoffs.values()], found.unread.map((one) => one.text), localMinute);
  return { found, text, upToDate: found.handoffs.length === 0 && texts.current === text };
}

/**
 * Takes what people wrote into handoff.md into the journal and writes the file anew; gives what could not be read.
 * To be called by the holder of the mutex `views` only.
 */
export async function updateHandoffFile(workspace: Workspace): Promise<readonly UnreadText[]> {
  let now = workspace;
  for (let round = 1; ; round += 1) {
    const plan = await quietPlan(now);
    if (plan.upToDate || round === ROUNDS) return plan.found.unread;
    if (plan.found.handoffs.length > 0) {
      now.journal.append(...plan.found.handoffs.map((handoff) => ({ kind: 'handoff' as const, ...handoff })));
      now = refreshed(now);
    }
    const text = renderHandoffs([...now.ledger.handoffs.values()], plan.found.unread.map((one) => one.text), localMinute);
    // The next round reads the file that was replaced once more: it may have been written to until then.
    replaceHandoffFile(now.layout, text, [...plan.found.seen, ...idsIn(now.ledger)]);
  }
}

async function quietPlan(workspace: Workspace): Promise<HandoffFilePlan> {
  for (let waited = 0; ; waited += QUIET_MS / 3) {
    const plan = planHandoffFile(workspace);
    const isNew = plan.found.handoffs.length > 0 || plan.found.unread.length > 0;
    if (!isNew || handoffFileAge(workspace.layout) > QUIET_MS || waited >= LONGEST_WAIT_MS) return plan;
    await sleep(QUIET_MS / 3);
  }
}

/** The ids of the journal's handoffs, and of the entries that they are in the file. */
function idsIn(ledger: Ledger): string[] {
  return [...ledger.handoffs.values()].flatMap((handoff) => [handoff.id, entryId(entryOf(handoff, localMinute(handoff.at)), shortHash)]);
}

