import { readFileSync, readlinkSync } from 'node:fs';
import type { TreeChange } from './diff.ts';
import type { Git } from './git.ts';
import { lstatIfThere, onDisk } from './on-disk.ts';

/** Puts into the index what already lies in the worktree with the content, kind and mode that a landing gives it. */
export async function acceptMovedFiles(there: Git, changes: readonly TreeChange[]): Promise<void> {
  const entries = (await movedFiles(there, changes)).map((change) => `${change.newMode} ${change.newBlob}\t${change.path}\0`).join('');
  await there.run(['update-index', '-z', '--index-info'], { input: Buffer.from(entries, 'latin1') });
}

/** Counts in the index as moved what does not lie in the worktree: a move that failed had removed it, or not made it yet. */
export async function acceptMissingFiles(there: Git, changes: readonly TreeChange[]): Promise<void> {
  const missing = changes.filter((change) => modeOnDisk(there.cwd, change.path) === null && change.newMode !== GITLINK && change.oldMode !== GITLINK);
  const entries = missing.map((change) => `${change.status === 'D' ? '0' : change.newMode} ${change.newBlob}\t${change.path}\0`).join('');
  await there.run(['update-index', '-z', '--index-info'], { input: Buffer.from(entries, 'latin1') });
}

const GITLINK = '160000';

/** Those of the changes whose file lies in the worktree as they make it. */
export async function movedFiles(there: Git, changes: readonly TreeChange[]): Promise<TreeChange[]> {
  const present = changes.filter((change) => change.status !== 'D' && modeOnDisk(there.cwd, change.path) === change.newMode);
  const plain = present.filter((change) => change.newMode !== '120000' && !change.path.includes('\n'));
  const hashes = new Map<TreeChange, string>();
  if (plain.length > 0) {
    const out = await there.text(['hash-object', '--stdin-paths'], { input: Buffer.from(plain.map((change) => `${change.path}\n`).join(''), 'latin1') });
    out.split('\n').forEach((hash, index) => { if (plain[index] !== undefined) hashes.set(plain[index], hash); });
  }
  // A link is its target; a path with a line break cannot be named on a line.
  for (const change of present.filter((one) => !hashes.has(one))) {
    const content = change.newMode === '120000' ? readlinkSync(onDisk(there.cwd, change.path), { encoding: 'buffer' }) : readFileSync(onDisk(there.cwd, change.path));
    hashes.set(change, await there.text(['hash-object', '--stdin'], { input: content }));
  }
  return present.filter((change) => hashes.get(change) === change.newBlob);
}

/** The mode that git would give what lies there; null for nothing, and for what no tree holds. */
function modeOnDisk(worktree: string, path: string): string | null {
  const found = lstatIfThere(worktree, path);
  if (found === null) return null;
  if (found.isSymbolicLink()) return '120000';
  return found.isFile() ? ((found.mode & 0o100) === 0 ? '100644' : '100755') : null;
}
