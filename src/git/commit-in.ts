import type { CommitId } from '../core/ids.ts';
import { withHooks, type Git } from './git.ts';

/** What goes into a commit: all that is not ignored, these paths (pathspecs), or what is staged. */
export type CommitContent = { readonly kind: 'all' } | { readonly kind: 'paths'; readonly paths: readonly string[] } | { readonly kind: 'staged' };

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly id: CommitId; readonly said: string }
  | { readonly kind: 'nothing' }
  /** A hook, or git itself, would not have it; what they said. Content stays staged. */
  | { readonly kind: 'refused'; readonly said: string };

/** Makes a commit in the folder that git is opened for, through the hooks of the repository. Errors: `process-failed` where nothing can be staged. */
export async function commitIn(git: Git, message: string, content: CommitContent): Promise<CommitOutcome> {
  const only = content.kind === 'paths' ? ['--', ...content.paths] : [];
  if (content.kind === 'all') await git.run(['add', '--all', ':/']);
  if (content.kind === 'paths') await git.run(['add', '--all', ...only]);
  const merging = (await git.run(['rev-parse', '--quiet', '--verify', 'MERGE_HEAD'], { accept: [0, 1] })).exitCode === 0;
  if (!merging && (await git.run(['diff', '--cached', '--quiet', ...only], { accept: [0, 1] })).exitCode === 0) return { kind: 'nothing' };
  const { exitCode, stdout, stderr } = await withHooks(git).run(['commit', '--quiet', '--file=-', ...only], { input: message, accept: [0, 1, 128] });
  const said = Buffer.concat([stdout, stderr]).toString('utf8').trim();
  return exitCode === 0 ? { kind: 'committed', id: (await git.text(['rev-parse', 'HEAD'])) as CommitId, said } : { kind: 'refused', said };
}
