import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { script, type Scratch } from './scratch.ts';

/** The git call at which a run of ours is killed: the first in this folder whose arguments match, as a pattern of the shell. */
export interface KillAt {
  readonly call: string;
  readonly cwd: string;
  /** Whether git has done its part by then; `outlived`: it does it afterwards, once `letGitGoOn` is called. */
  readonly when: 'before' | 'after' | 'outlived';
}

/** The environment in which `aiteam` is ended by SIGKILL at that call: a git in front of git's own does it. */
export function killedAt(made: Scratch, { call, cwd, when }: KillAt): Record<string, string> {
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8', env: made.env }).trim();
  const folder = join(made.folder, 'killing-git');
  mkdirSync(folder, { recursive: true });
  if (when === 'outlived') execFileSync('mkfifo', [goOn(made)]);
  script(join(folder, 'git'), `#!/bin/sh
case "$PWD $*" in
'${cwd} '${call})
  ${when === 'after' ? `'${git}' "$@"` : ':'}
  kill -9 $PPID
  ${when === 'outlived' ? `read -r _ <'${goOn(made)}'; exec '${git}' "$@"` : 'exit 1'}
  ;;
esac
exec '${git}' "$@"
`);
  return { PATH: `${folder}:${made.env['PATH'] ?? ''}` };
}

/** Lets the git go on that outlived the run which started it. */
export function letGitGoOn(made: Scratch): void {
  writeFileSync(goOn(made), '\n');
}

function goOn(made: Scratch): string {
  return join(made.folder, 'killing-git', 'go-on');
}
