declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A full object id of a commit, 40 or 64 hexadecimal digits. */
export type CommitId = Brand<string, 'CommitId'>;
/** A full object id of a tree. */
export type TreeId = Brand<string, 'TreeId'>;
/** A full object id of a blob. */
export type BlobId = Brand<string, 'BlobId'>;
/** A validated agent name; made by `parseAgentId` only. */
export type AgentId = Brand<string, 'AgentId'>;
/** A full ref name such as `refs/heads/main`. */
export type RefName = Brand<string, 'RefName'>;
/**
 * A path inside a repository as bytes: one character a byte (latin1), `/` between parts.
 * Git's paths are bytes, not text; `showPath` makes text of one.
 */
export type RepoPath = Brand<string, 'RepoPath'>;

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether the text is a full object id. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/** The branch's full ref name: `main` → `refs/heads/main`. */
export function branchRef(branch: string): RefName {
  return `refs/heads/${branch}` as RefName;
}

/** The branch's short name, or null for a ref outside `refs/heads/`. */
export function branchName(ref: string): string | null {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
}
