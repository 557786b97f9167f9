import type { Candidate } from '../../core/candidates.ts';
import type { CommitId } from '../../core/ids.ts';
import { takeText } from '../../core/take.ts';
import { escapeText, plural, showPath } from '../../core/text.ts';
import { withTrailerLine } from '../../core/trailer.ts';
import type { Git } from '../../git/git.ts';
import type { SettledPlace } from './settled-merge.ts';

/** The message of a merge commit, in the words of git-merge(1) and with the agent named. */
export function mergeMessage(candidate: Candidate, target: string): string {
  return `Merge branch '${candidate.branch}' into ${target}\n\n${plural(candidate.commits, 'commit')} by ${candidate.agent}.\n`;
}

/** The message with a line for each conflict that a recorded resolution settled: its id, its path, and whose lines were taken. */
export function withSettled(message: string, { candidate, settled }: { readonly candidate: Candidate; readonly settled: readonly SettledPlace[] }, target: string): string {
  const names = { agent: candidate.agent, target };
  return settled.reduce((text, { id, path, take }) => withTrailerLine(text, `Conflict-resolution: ${id} ${showPath(path)} (${escapeText(takeText(take, names))})`), message);
}

/** The message of a squashed landing: every commit's subject, its authors as co-authors, the trailers that name agents kept. */
export async function squashMessage(git: Git, candidate: Candidate, without: readonly CommitId[]): Promise<string> {
  const out = await git.text(
    ['log', '--reverse', '--no-merges', '--format=%s%x1f%an <%ae>%x1f%(trailers:key=Assisted-by,key=Co-authored-by,key=Signed-off-by,unfold)%x1e', '--stdin'],
    { input: `${[candidate.tip, ...without.map((id) => `^${id}`)].join('\n')}\n` },
  );
  const commits = out.split('\u001e').map((entry) => entry.replace(/^\n/, '').split('\u001f')).filter((fields) => fields.length === 3);
  const subjects = commits.map(([subject = '']) => subject);
  const authors = commits.map(([, author = '']) => `Co-authored-by: ${author}`);
  const trailers = commits.flatMap(([, , text = '']) => text.split('\n')).filter((line) => line !== '');
  const title = subjects.length === 1 ? subjects[0] : `${candidate.branch}: ${plural(subjects.length, 'commit')} by ${candidate.agent}`;
  const body = subjects.length === 1 ? [] : [...subjects.map((subject) => `* ${subject}`), ''];
  return [title, '', ...body, ...new Set([...trailers, ...authors]), ''].join('\n');
}
