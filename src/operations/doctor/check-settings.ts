import { resolve } from 'node:path';
import { executablesSinceRecorded } from '../executable-settings.ts';
import type { Unconfigured } from '../workspace.ts';
import { good, mendable, problem, warning, type Finding } from './finding.ts';

/** Settings of the shared configuration that break every worktree at once, or that make git start programs and are new. */
export async function checkSettings({ git, repo, layout }: Unconfigured): Promise<Finding[]> {
  const findings: Finding[] = [];
  const get = async (key: string): Promise<string> =>
    (await git.run(['config', '--file', resolve(repo.commonDir, 'config'), '--get', key], { accept: [0, 1] })).stdout.toString('utf8').trim();
  const unset = (key: string) => async (): Promise<void> => { await git.run(['config', '--file', resolve(repo.commonDir, 'config'), '--unset-all', key]); };

  if ((await get('core.bare')) === 'true' && repo.commonDir.endsWith('/.git')) {
    findings.push(mendable(problem('settings', 'core.bare is true in a repository that has a checkout: "git init" with a leaked GIT_DIR does that'), unset('core.bare')));
  }
  const workTree = await get('core.worktree');
  if (workTree !== '' && resolve(repo.commonDir, workTree) !== repo.mainWorktree) {
    findings.push(mendable(problem('settings', `core.worktree is ${workTree}, so every worktree's git works on those files`), unset('core.worktree')));
  }
  for (const { key, value } of await executablesSinceRecorded(repo, layout) ?? []) {
    findings.push(warning(
      'settings', `${key} makes git start a program and was not there when it was last recorded: ${value}`,
      `where it stands: git config --show-origin --get-all ${key}`, 'if it is yours: aiteam doctor --accept-settings',
    ));
  }
  return findings.length === 0 ? [good('settings', 'no setting breaks the worktrees, none that starts a program is new')] : findings;
}
