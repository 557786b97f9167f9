import { mkdirSync, watch, type FSWatcher } from 'node:fs';
import { budgetKey, holdOf, nextStep, reachesOf, warningKey, type Reach } from '../../core/budgets.ts';
import type { UserConfig } from '../../core/config.ts';
import type { BudgetEffect } from '../../core/client-events.ts';
import type { AgentId } from '../../core/ids.ts';
import { showBelow, type OwnPane } from '../../launch/own-pane.ts';
import type { Attached } from '../../process/attached.ts';
import { failpoint } from '../../process/failpoint.ts';
import type { Env } from '../../process/run.ts';
import type { Layout } from '../../state/layout.ts';
import { processAsOwner, thisProcess } from '../../state/owner.ts';
import { forgetPaused, notePaused } from '../../state/paused.ts';
import { doing, warn } from '../context.ts';
import { isExpectedFailure } from '../expected-failure.ts';
import { refreshed, type Workspace } from '../workspace.ts';
import { budgetFactsFor } from './facts.ts';
import { reachWords, waysOn } from './words.ts';

/** What keeps a client that runs within its agent's budgets. */
export interface BudgetHold {
  /** Warns, pauses, lets go on or ends, as the budgets and the records in these places are now. Errors: none but those of the disk. */
  readonly look: (workspace: Workspace, user: UserConfig, places: readonly Env[]) => Promise<void>;
  /** Clears away what a pause has left, once the client has ended; why it was ended, where a budget did that. */
  readonly release: (workspace: Workspace) => string | null;
}

/** The hold on one client; `onAsked` is called when somebody wants a paused one to be looked at. */
export function budgetHold(agent: AgentId, client: Attached, pane: OwnPane | null, onAsked: () => void): BudgetHold {
  let watcher: FSWatcher | null = null;
  let pausedBy: Reach | null = null;
  let ended: string | null = null;

  const goneOn = (workspace: Workspace, by: Reach): void => {
    pausedBy = null;
    // Before its picture is there again; and it counts as a sign of life of the window.
    if (client.isPaused()) doing(workspace.context, `${agent} goes on`);
    client.goOn();
    forgetPaused(workspace.layout, agent);
    record(workspace, agent, 'continued', by);
  };
  const pause = (workspace: Workspace, by: Reach): void => {
    const why = reachWords(by);
    // Before it is stopped: whoever comes after a kill must find it.
    notePaused(workspace.layout, { agent, why, by: thisProcess('aiteam exec'), client: processAsOwner(client.pid, 'client') });
    pausedBy = by;
    client.pause();
    watcher ??= watchNotes(workspace.layout, agent, onAsked);
    record(workspace, agent, 'paused', by);
    warn(workspace.context, `${agent} is paused: ${why}`, ...waysOn(by), `all the same, from another terminal: aiteam up ${agent} --over-budget`, 'Ctrl-C ends it');
  };
  return {
    look: async (workspace, user, places) => {
      // A signal that it was to meet has let it go on.
      if (ended === null && pausedBy !== null && !client.isPaused()) goneOn(workspace, pausedBy);
      const facts = budgetFactsFor(workspace, user, [agent], places);
      const reaches = facts === null ? [] : reachesOf(agent, facts);
      for (const reach of reaches) await warnOnce(workspace, agent, pane, reach);
      const hold = holdOf(reaches);
      const step = ended !== null || client.isEnding() ? null : nextStep(client.isPaused(), hold);
      // `fg` after Ctrl-Z lets everybody go on.
      if (step === null && pausedBy !== null && client.isPaused()) client.pause();
      if (step === 'go-on' && pausedBy !== null) goneOn(workspace, pausedBy);
      if (step === 'pause' && hold !== null) pause(workspace, hold.reach);
      if (step === 'stop' && hold !== null) {
        ended = reachWords(hold.reach);
        client.end();
        record(workspace, agent, 'stopped', hold.reach);
      }
    },
    release: ({ layout }) => {
      watcher?.close();
      if (pausedBy !== null) forgetPaused(layout, agent);
      return ended;
    },
  };
}

/** Whoever touches our note, as `up` does, asks us to look. Null where the system gives no more watches: then we look by ourselves, a little later. */
function watchNotes({ paused: folder }: Layout, agent: AgentId, onAsked: () => void): FSWatcher | null {
  try {
    mkdirSync(folder, { recursive: true });
    failpoint('pause-watched');
    return watch(folder, (_event, name) => { if (name === agent) onAsked(); });
  } catch (error) {
    if (!isExpectedFailure(error)) throw error;
    return null;
  }
}

/** Once for each budget and each of its times, whoever of the team comes first. */
async function warnOnce(workspace: Workspace, agent: AgentId, pane: OwnPane | null, reach: Reach): Promise<void> {
  const { whose, budget, since, state } = reach;
  const said = state === 'within' ? 0 : refreshed(workspace).ledger.warned.get(warningKey(budgetKey(whose, budget), state));
  if (state === 'within' || (said !== undefined && said >= (since ?? 0))) return;
  record(workspace, agent, 'warned', reach);
  if (pane !== null) await showBelow(pane, `aiteam: ${reachWords(reach)}`);
}

function record({ journal }: Workspace, agent: AgentId, what: BudgetEffect['what'], { whose, budget: { amount, per }, sum }: Reach): void {
  journal.append({ kind: 'budget', agent, what, whose, amount, per, usd: sum.usd, atLeast: sum.unpriced.length > 0 });
}
