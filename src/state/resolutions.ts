import type { BlobId, CommitId, RefName } from '../core/ids.ts';
import { takeOf, type Take } from '../core/take.ts';
import { ownCommit } from '../git/commits.ts';
import type { Git } from '../git/git.ts';
import { madeTree } from '../git/made-tree.ts';
import { changeRefs, listRefs, type RefChange } from '../git/refs.ts';

const REFS = 'refs/aiteam/resolutions/';
const DROPPED = 'refs/aiteam/dropped-resolutions/';

/** How a conflict is settled when it is met. */
export interface KeptResolution {
  readonly id: string;
  /** All of what the id is the beginning of. */
  readonly key: string;
  readonly take: Take;
  /** An agent, or `human`. */
  readonly by: string;
  readonly commit: CommitId;
}

/** A resolution to be kept. */
export interface NewResolution {
  readonly id: string;
  readonly key: string;
  readonly take: Take;
  readonly subject: string;
  readonly by: string;
  /** The tips that met: the branch's and what it was merged onto. */
  readonly tips: readonly CommitId[];
  /** The versions at that place and what comes of them, for whoever looks: `base`, `target`, `agent`, `result`. */
  readonly versions: Readonly<Record<string, { readonly mode: string; readonly blob: BlobId } | null>>;
}

/** That a resolution is kept and stays so, as a part of a change of refs. */
export function stillKept({ id, commit }: Pick<KeptResolution, 'id' | 'commit'>): RefChange {
  return { ref: `${REFS}${id}` as RefName, from: commit, to: commit };
}

/** Every resolution that is kept, by the id of its conflict. */
export async function keptResolutions(git: Git): Promise<ReadonlyMap<string, KeptResolution>> {
  const out = await git.text(['for-each-ref', `--format=%(refname:lstrip=3)%00%(objectname)%00%(contents)%00`, REFS]);
  const fields = out.split('\0');
  const kept = new Map<string, KeptResolution>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [id = '', commit = '', message = ''] = [fields[at]?.replace(/^\n/, ''), fields[at + 1], fields[at + 2]];
    const key = /^Key: ([0-9a-f]{64})$/m.exec(message)?.[1];
    const take = takeOf(/^Take: (.+)$/m.exec(message)?.[1]?.split(',') ?? []);
    // A ref that is none of ours settles nothing.
    if (key !== undefined && take !== null && key.startsWith(id)) kept.set(id, { id, key, take, by: /^By: (.+)$/m.exec(message)?.[1] ?? 'unknown', commit: commit as CommitId });
  }
  return kept;
}

/**
 * Keeps resolutions, all of them or none; gives their commits. One that there was for the same conflict stays reachable as a
 * parent of the new one.
 */
export async function keepResolutions(git: Git, resolutions: readonly NewResolution[]): Promise<ReadonlyMap<string, CommitId> | null> {
  const before = new Map((await listRefs(git, REFS)).map((ref) => [ref.name, ref.id]));
  const commits = new Map<string, CommitId>();
  const changes: RefChange[] = [];
  for (const { id, key, take, subject, by, tips, versions } of resolutions) {
    const ref = `${REFS}${id}` as RefName;
    const from = before.get(ref) ?? null;
    const entries = Object.entries(versions).flatMap(([name, entry]) => (entry === null ? [] : [{ name, ...entry }]));
    const message = `${subject}\n\nConflict: ${id}\nKey: ${key}\nTake: ${take.join(',')}\nBy: ${by}\n`;
    const commit = await ownCommit(git, { tree: await madeTree(git, entries), parents: [...new Set([...tips, ...(from === null ? [] : [from])])], message });
    commits.set(id, commit);
    changes.push({ ref, from, to: commit });
  }
  return changes.length === 0 || await changeRefs(git, changes, 'aiteam: conflict settled') ? commits : null;
}

/** Takes a resolution back; it stays reachable. False where it is not kept any more. */
export async function dropResolution(git: Git, { id, commit }: KeptResolution): Promise<boolean> {
  return changeRefs(git, [
    { ref: `${DROPPED}${id}/${commit.slice(0, 12)}` as RefName, from: 'any', to: commit },
    { ref: `${REFS}${id}` as RefName, from: commit, to: null },
  ], 'aiteam: resolution dropped');
}
