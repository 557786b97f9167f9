import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitId, RefName } from '../../src/core/ids.ts';
import type { CheckoutMove } from '../../src/git/checkout.ts';
import { openGit, type Git } from '../../src/git/git.ts';
import { changeRefs } from '../../src/git/refs.ts';
import type { Checkout } from '../../src/git/worktrees.ts';
import { script, type Scratch } from './scratch.ts';

/** A commit to land, and the checkout that moves along. */
export interface Landing {
  readonly git: Git;
  readonly checkout: Checkout;
  readonly from: CommitId;
  readonly to: CommitId;
  readonly swap: () => Promise<boolean>;
}

/** A commit with these files on top of main that no branch holds, ready to be landed on the checked-out main. */
export function landing(made: Scratch, files: Record<string, string>): Landing {
  const from = made.git(['rev-parse', 'main']) as CommitId;
  made.git(['switch', '-q', '--detach']);
  const to = made.commit(files, 'to land') as CommitId;
  made.git(['switch', '-q', 'main']);
  const git = openGit(made.repo, made.env);
  const swap = (): Promise<boolean> => changeRefs(git, [{ ref: 'refs/heads/main' as never, from, to }], 'test');
  return { git, checkout: { worktree: made.repo, gitDir: join(made.repo, '.git') }, from, to, swap };
}

/** The environment in which somebody types a command in the repository once git has answered to a call with these arguments, a pattern of the shell. */
export function typedAfter(made: Scratch, call: string, command: string): Record<string, string> {
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8', env: made.env }).trim();
  const folder = join(made.folder, 'typing-git');
  mkdirSync(folder);
  const answer = `'${git}' "$@"; code=$?; (cd '${made.repo}' && PATH='${made.env['PATH'] ?? ''}' && unset GIT_INDEX_FILE && ${command}); exit $code`;
  script(join(folder, 'git'), `#!/bin/sh\ncase "$*" in\n${call.replaceAll(' ', '\\ ')}) ${answer} ;;\nesac\nexec '${git}' "$@"\n`);
  return { PATH: `${folder}:${made.env['PATH'] ?? ''}` };
}

/** The move of that checkout, under a token of ours. */
export const move = (to: Landing, again = false): CheckoutMove => ({ branch: 'refs/heads/main' as RefName, from: to.from, to: to.to, token: 'ours', again });
