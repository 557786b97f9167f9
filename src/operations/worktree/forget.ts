import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId, CommitId } from '../../core/ids.ts';
import type { Workspace } from '../workspace.ts';

/** Records that an agent has no worktree any more, and lets go of the paths that its branch had touched. */
export function forgetAgent({ layout, journal }: Workspace, agent: AgentId, branch: string, tip: CommitId | null): void {
  rmSync(join(layout.touched, agent), { force: true });
  journal.append({ kind: 'agent-removed', agent, branch, tip });
}
