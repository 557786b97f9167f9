import type { CommitId } from './ids.ts';

/** Why a populated submodule cannot move along with the checkout that it lies in. */
export type SubmoduleTrouble =
  /** It lacks the commit. */
  | { readonly kind: 'commit-missing'; readonly commit: CommitId }
  /** Its HEAD is not at the commit that the checkout records, or its files are changed. */
  | { readonly kind: 'changed' }
  /** Its user works on a branch there, which nobody else switches. */
  | { readonly kind: 'on-branch' }
  /** It would have to go, and git does not remove a submodule's files. */
  | { readonly kind: 'removed' };
