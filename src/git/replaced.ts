import type { CommitId, RefName } from '../core/ids.ts';
import { moreSettings, type Git } from './git.ts';
import { changeRefs, listRefs } from './refs.ts';

/**
 * Does `work` with a door to git through which one commit looks like another, though its id stays (git-replace(1)); nobody
 * else sees it so. The refs that this takes lie below `folder`, which ends in a slash and is emptied before and afterwards.
 */
export async function asIf<T>(git: Git, folder: string, commit: CommitId, looksLike: CommitId, work: (git: Git) => Promise<T>): Promise<T> {
  if (commit === looksLike) return work(git);
  const empty = async (): Promise<void> => {
    const left = await listRefs(git, folder);
    if (left.length > 0) await changeRefs(git, left.map(({ name, id }) => ({ ref: name, from: id, to: null })), 'aiteam: over');
  };
  // What a killed run has left would change the history of what is merged now.
  await empty();
  const usual = (await listRefs(git, 'refs/replace/')).map(({ name, id }) => ({ ref: `${folder}${name.slice('refs/replace/'.length)}` as RefName, from: null, to: id }));
  await changeRefs(git, [...usual.filter(({ ref }) => ref !== `${folder}${commit}`), { ref: `${folder}${commit}` as RefName, from: null, to: looksLike }], 'aiteam: looks like');
  try {
    return await work(git.with({ ...moreSettings([['core.useReplaceRefs', 'true']]), GIT_REPLACE_REF_BASE: folder }));
  } finally {
    await empty();
  }
}
