import type { Progress } from '../../src/operations/context.ts';
import { openWorkspace } from '../../src/operations/open-workspace.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import type { Scratch } from './scratch.ts';

/** The scratch's workspace in this process, with what it narrates: quicker than the binary where a test needs many calls. */
export async function workspaceOf(made: Scratch): Promise<{ workspace: Workspace; said: Progress[] }> {
  const said: Progress[] = [];
  return { workspace: await openWorkspace({ cwd: made.repo, env: made.env, narrate: (progress) => said.push(progress), confirm: null }), said };
}
