import { refusal } from '../core/errors.ts';
import type { Git } from './git.ts';

/** In whose name commits are made here, each with the time of now, as a commit object has it (git-var(1)). */
export interface Signature {
  readonly author: string;
  readonly committer: string;
}

/** In whose name a commit made here would be; null where git knows nobody. */
export async function knownSignature(git: Git): Promise<{ readonly [side in keyof Signature]: string | null }> {
  const [author, committer] = await Promise.all([ident(git, 'GIT_AUTHOR_IDENT'), ident(git, 'GIT_COMMITTER_IDENT')]);
  return { author, committer };
}

/** The same where git must know it. Errors: `no-identity`. */
export async function requireSignature(git: Git): Promise<Signature> {
  const { author, committer } = await knownSignature(git);
  if (author !== null && committer !== null) return { author, committer };
  throw refusal('no-identity', 'git does not know in whose name to commit here', "git config --global user.name 'Your Name'", 'git config --global user.email you@example.com');
}

/** `Name <address>` of a signature's side. */
export function nameAndAddress(side: string): string {
  return side.replace(/ \d+ [+-]\d+$/, '');
}

async function ident(git: Git, variable: string): Promise<string | null> {
  const { exitCode, stdout } = await git.run(['var', variable], { accept: [0, 128] });
  return exitCode === 0 ? stdout.toString('utf8').replace(/\n$/, '') : null;
}
