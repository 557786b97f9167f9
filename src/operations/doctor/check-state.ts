import { mutexHolder } from '../../state/mutex.ts';
import { isDead } from '../../state/owner.ts';
import { withMutex } from '../../state/mutex.ts';
import { plural } from '../../core/text.ts';
import { completeLanding } from '../integrate/complete-landing.ts';
import { readIntent } from '../integrate/intent.ts';
import { refreshViews } from '../refresh-views.ts';
import type { Unconfigured, Workspace } from '../workspace.ts';
import { good, mendable, problem, warning, type Finding } from './finding.ts';

/** The journal, and mutexes that dead processes hold. */
export async function checkState(opened: Unconfigured): Promise<Finding[]> {
  const findings = [...journalFindings(opened), ...await mutexFindings(opened)];
  return findings.length === 0 ? [good('state', 'journal and mutexes are in order')] : findings;
}

function journalFindings({ reading, layout }: Unconfigured): Finding[] {
  if (reading.torn.length === 0) return [];
  const files = [...new Set(reading.torn.map((piece) => `${piece.file} at byte ${piece.at}`))].slice(0, 5).join(', ');
  return [warning('state', `${plural(reading.torn.length, 'record')} of the journal could not be read (${files}); nothing else is affected`, `they stay where they are: ${layout.journal}`)];
}

/** A landing that was killed half-way. */
export async function checkLanding(workspace: Workspace): Promise<Finding[]> {
  const intent = readIntent(workspace.layout);
  if (intent === null) return [good('landing', 'none is unfinished')];
  const found = problem('landing', `a landing on ${intent.target} was killed half-way (${intent.old.slice(0, 8)} → ${intent.new.slice(0, 8)})`, 'aiteam integrate completes it before it does anything else');
  const mend = (): Promise<void> => withMutex(workspace.git, 'coordinator', { command: 'aiteam doctor --fix', waitMs: 0 }, () => completeLanding(workspace));
  return [mendable(found, mend)];
}

async function mutexFindings({ git }: Unconfigured): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of ['coordinator', 'worktrees', 'views', 'compaction'] as const) {
    const holder = await mutexHolder(git, name);
    if (holder === null || !isDead(holder)) continue;
    const found = warning('state', `the ${name} mutex was left by process ${holder.pid} ("${holder.command}"), which is gone; the next command takes it over`);
    findings.push(mendable(found, () => withMutex(git, name, { command: 'aiteam doctor --fix', waitMs: 0 }, () => Promise.resolve())));
  }
  return findings;
}

/** The views, made anew. */
export async function checkViews(workspace: Workspace): Promise<Finding[]> {
  await refreshViews(workspace);
  return [good('views', `views are up to date in ${workspace.layout.views}`)];
}
