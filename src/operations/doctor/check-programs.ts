import { checkGitVersion } from '../../git/repository.ts';
import { AiteamError } from '../../core/errors.ts';
import { ProcessError, run } from '../../process/run.ts';
import type { Unconfigured } from '../workspace.ts';
import { good, problem, warning, type Finding } from './finding.ts';

/** Git, Node and tmux as they are on this machine. */
export async function checkPrograms(opened: Unconfigured): Promise<Finding[]> {
  return [await gitFinding(opened), nodeFinding(), await tmuxFinding(opened)];
}

async function gitFinding({ git }: Unconfigured): Promise<Finding> {
  try {
    return good('git', `git ${(await checkGitVersion(git)).join('.')}`);
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    return problem('git', error.message, ...error.hints);
  }
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough ? good('node', `node ${process.versions.node}`) : problem('node', `node ${process.versions.node} is too old`, 'install Node 20.19 or newer');
}

async function tmuxFinding({ context }: Unconfigured): Promise<Finding> {
  try {
    const { stdout } = await run('tmux', ['-V'], { cwd: context.cwd, env: context.env });
    return good('tmux', stdout.toString('utf8').trim());
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return warning('tmux', 'tmux is not installed: agents cannot be opened together in one terminal', 'apt-get install tmux, or brew install tmux');
  }
}
