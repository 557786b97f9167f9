import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { script, type Scratch } from './scratch.ts';

/** The git call at which a run of ours is killed: the first in this folder whose arguments match, as a pattern of the shell. */
export interface KillAt {
  readonly call: string;
  readonly cwd: string;
  /** Whether git has done its part by then. */
  readonly when: 'before' | 'after';
}

/** The environment in which `aiteam` is ended by SIGKILL at that call: a git in front of git's own does it. */
export function killedAt(made: Scratch, { call, cwd, when }: KillAt): Record<string, string> {
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8', env: made.env }).trim();
  const folder = join(made.folder, 'killing-git');
  script(join(folder, 'git'), `#!/bin/sh
case "$PWD $*" in
'${cwd} '${call})
  ${when === 'after' ? `'${git}' "$@"` : ':'}
  kill -9 $PPID
  exit 1
  ;;
esac
exec '${git}' "$@"
`);
  return { PATH: `${folder}:${made.env['PATH'] ?? ''}` };
}
