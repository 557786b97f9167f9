import type { CommitId, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';

/** What the walk asks of a commit. */
export interface CommitFacts {
  readonly id: CommitId;
  /** The tip by which it was reached. */
  readonly tip: CommitId;
  /** Author time, seconds. */
  readonly authorTime: number;
  readonly subject: string;
  /** Values of the trailer that names agents. */
  readonly agents: readonly string[];
  readonly handoffTo: readonly string[];
  readonly handoffNotes: readonly string[];
}

const FIELDS = 7;

/** The commits that these tips have and `without` has not, oldest first; ids that are gone are passed over. `trailer` is the key of the agents' trailer. */
export async function readCommits(git: Git, tips: readonly CommitId[], without: readonly CommitId[], trailer: string): Promise<CommitFacts[]> {
  if (tips.length === 0) return [];
  const format = ['%H', '%S', '%at', '%s', values(trailer), values('Handoff-To'), values('Handoff-Note')].join('%x00');
  const input = [...tips, ...without.map((id) => `^${id}`)].map((line) => `${line}\n`).join('');
  const args = ['log', '-z', '--reverse', '--topo-order', '--no-show-signature', '--encoding=UTF-8', `--format=tformat:${format}`, '--ignore-missing', '--stdin'];
  const fields = (await git.text(args, { input })).split('\0');
  const commits: CommitFacts[] = [];
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [id = '', tip = '', authorTime = '0', subject = '', agents = '', handoffTo = '', handoffNotes = ''] = fields.slice(at, at + FIELDS);
    commits.push({
      id: id as CommitId, tip: tip as CommitId, authorTime: Number(authorTime), subject,
      agents: listed(agents), handoffTo: listed(handoffTo), handoffNotes: listed(handoffNotes),
    });
  }
  return commits;
}

/** The paths that a commit changes against its parent, old names of renames included; none for a merge. */
export async function pathsOf(git: Git, commit: CommitId): Promise<RepoPath[]> {
  const out = await git.bytes(['diff-tree', '-r', '-z', '--root', '--no-commit-id', '--no-renames', '--name-only', commit]);
  return out.split('\0').filter((path) => path !== '') as RepoPath[];
}

/** The placeholder for a trailer's values (git-log(1)), parted by a byte that no key or name has. */
function values(key: string): string {
  return `%(trailers:key=${key},valueonly,unfold,separator=%x1f)`;
}

function listed(field: string): string[] {
  return field.split('\u001f').map((value) => value.trim()).filter((value) => value !== '');
}
