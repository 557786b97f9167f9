import { refusal } from '../core/errors.ts';
import type { CommitId, TreeId } from '../core/ids.ts';
import type { CommitNode } from '../core/unlanded.ts';
import { ProcessError } from '../process/run.ts';
import type { Author } from './commit-content.ts';
import type { Git } from './git.ts';

/** Whether commits are to be signed, by the repository's own setting. */
export async function signsCommits(git: Git): Promise<boolean> {
  const result = await git.run(['config', '--type=bool', '--get', 'commit.gpgsign'], { accept: [0, 1] });
  return result.stdout.toString('utf8').trim() === 'true';
}

export interface NewCommit {
  readonly tree: TreeId;
  readonly parents: readonly CommitId[];
  /** Text, or with `author` bytes (latin1). */
  readonly message: string;
  /** Who wrote it; the repository's user where left out. */
  readonly author?: Author;
  /** What the message's bytes are encoded in, where it is not UTF-8. */
  readonly encoding?: string | null;
  readonly sign?: boolean;
}

/** A new commit in the object store in the user's name, no ref moved (git-commit-tree(1)). Errors: `signing-failed`. */
export async function commitTree(git: Git, commit: NewCommit): Promise<CommitId> {
  try {
    return await writeCommit(git, commit);
  } catch (error) {
    if (commit.sign !== true || !(error instanceof ProcessError) || error.exitCode === null) throw error;
    throw refusal(
      'signing-failed', `commit.gpgsign is set, and ${await signer(git)} did not sign: ${error.stderr.trim()}`,
      'to see it fail: git commit-tree -S -m test HEAD^{tree}', 'to go on without signatures: git config commit.gpgsign false',
    );
  }
}

/** A commit that lands nowhere, such as what the trash keeps: in our own name, so that it needs nobody's. */
export async function ownCommit(git: Git, commit: Pick<NewCommit, 'tree' | 'parents' | 'message'>): Promise<CommitId> {
  const [name, email] = ['aiteam', 'aiteam@localhost'];
  return writeCommit(git.with({ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }), commit);
}

async function writeCommit(git: Git, { tree, parents, message, author, encoding, sign }: NewCommit): Promise<CommitId> {
  const settings = encoding == null ? [] : ['-c', `i18n.commitEncoding=${encoding}`];
  const args = [...settings, 'commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), ...(sign === true ? ['-S'] : []), '-F', '-'];
  if (author === undefined) return (await git.text(args, { input: message })) as CommitId;
  const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
  const env = { GIT_AUTHOR_NAME: text(author.name), GIT_AUTHOR_EMAIL: text(author.email), GIT_AUTHOR_DATE: `@${author.date}` };
  return (await git.text(args, { input: Buffer.from(message, 'latin1'), env })) as CommitId;
}

/** The program that signs commits (git-config(1), gpg.format). */
async function signer(git: Git): Promise<string> {
  const setting = async (key: string): Promise<string> => (await git.run(['config', '--get', key], { accept: [0, 1] })).stdout.toString('utf8').trim();
  const format = (await setting('gpg.format')) || 'openpgp';
  const named = (await setting(`gpg.${format}.program`)) || (format === 'openpgp' ? await setting('gpg.program') : '');
  return named || ({ ssh: 'ssh-keygen', x509: 'gpgsm' }[format] ?? 'gpg');
}

/** The commits that these tips have and `without` has not, newest first, each with its parents and committer time (seconds). */
export async function commitsBetween(git: Git, tips: readonly CommitId[], without: readonly CommitId[]): Promise<CommitNode[]> {
  if (tips.length === 0) return [];
  const input = [...tips, ...without.map((id) => `^${id}`)].join('\n');
  const out = await git.text(['rev-list', '--topo-order', '--timestamp', '--parents', '--ignore-missing', '--stdin'], { input: `${input}\n` });
  return out.split('\n').filter((line) => line !== '').map((line) => {
    const [time = '0', id = '', ...parents] = line.split(' ');
    return { id: id as CommitId, parents: parents as CommitId[], time: Number(time) };
  });
}

/** The best common ancestor, or null for unrelated histories. */
export async function mergeBase(git: Git, a: CommitId, b: CommitId): Promise<CommitId | null> {
  const result = await git.run(['merge-base', a, b], { accept: [0, 1] });
  return result.exitCode === 0 ? (result.stdout.toString('utf8').trim() as CommitId) : null;
}

/** Whether `ancestor` is `commit` or one of its ancestors; false where one of them is gone. */
export async function isAncestor(git: Git, ancestor: CommitId, commit: CommitId): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', ancestor, commit], { accept: [0, 1, 128] })).exitCode === 0;
}

/** The commits, no merges, that `tip` has and none of `without` has, oldest first. */
export async function linearCommits(git: Git, tip: CommitId, without: readonly CommitId[]): Promise<CommitId[]> {
  const out = await git.text(['rev-list', '--reverse', '--topo-order', '--no-merges', '--stdin'], { input: `${[tip, ...without.map((id) => `^${id}`)].join('\n')}\n` });
  return out.split('\n').filter((line) => line !== '') as CommitId[];
}

/** A commit, no merge, that `tip` has and `since` has not, null where there is none; where `since` is gone, the tip. */
export async function newestForeign(git: Git, tip: CommitId, since: CommitId): Promise<CommitId | null> {
  const { exitCode, stdout } = await git.run(['rev-list', '--no-merges', '--max-count=1', tip, `^${since}`], { accept: [0, 128] });
  const id = stdout.toString('utf8').trim();
  return exitCode === 0 && id === '' ? null : ((id === '' ? tip : id) as CommitId);
}
