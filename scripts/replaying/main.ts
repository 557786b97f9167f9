import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CommitId } from '../../src/core/ids.ts';
import { AiteamError } from '../../src/core/errors.ts';
import { escapeText } from '../../src/core/text.ts';
import { openGit } from '../../src/git/git.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { allSettings } from '../../src/git/settings.ts';
import { roomSettings } from '../../src/core/room-settings.ts';
import { disagreement, mergedByGit, mergedByUs } from './compare.ts';
import { generatedHistory } from './history.ts';
import { randomFrom } from './random.ts';

const USAGE = `usage: scripts/replay REPOSITORY | --generated [--merges N] [--seed S] [-c KEY=VALUE]…

Merges N (200) of the repository's two-parent merges again, chosen by the seed (1): as aiteam integrate does, and with
git merge in a worktree. Prints where verdict, conflicting paths or tree differ; then it exits with 3.
--generated takes a history made from the seed. -c sets a git setting for both.
The repository is only read: everything is done in a temporary one that borrows its objects.`;

/** Replays and prints; gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const wishes = readArguments(args);
  if (wishes === null) {
    console.error(USAGE);
    return 2;
  }
  if (wishes.repository !== null && !existsSync(wishes.repository)) {
    console.error(`there is no folder ${escapeText(wishes.repository)}`);
    return 1;
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aiteam-replay-')));
  try {
    const env = { ...process.env, GIT_LFS_SKIP_SMUDGE: '1', GIT_AUTHOR_NAME: 'Replay', GIT_AUTHOR_EMAIL: 'replay@example.org', GIT_COMMITTER_NAME: 'Replay', GIT_COMMITTER_EMAIL: 'replay@example.org' };
    const source = wishes.repository === null ? await generated(join(folder, 'generated'), env, wishes.seed, wishes.merges) : await openRepository(wishes.repository, env);
    if (source.shallow) {
      console.error('this clone is shallow: the merge bases of its merges are not there. Fetch them: git fetch --unshallow');
      return 1;
    }
    return await replay(source, await scratchBeside(source, join(folder, 'scratch'), env, wishes.settings), wishes);
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    console.error([error.message, ...error.hints].join('\n'));
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Wishes {
  readonly repository: string | null;
  readonly merges: number;
  readonly seed: number;
  readonly settings: readonly string[];
}

function readArguments(args: readonly string[]): Wishes | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args], allowPositionals: true,
      options: { generated: { type: 'boolean' }, merges: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, config: { type: 'string', short: 'c', multiple: true, default: [] } },
    });
    const [merges, seed] = [Number(values.merges), Number(values.seed)];
    const wrong = positionals.length !== (values.generated === true ? 0 : 1) || !Number.isInteger(merges) || merges < 1 || !Number.isInteger(seed) || values.config.some((setting) => !/^.+\..+=/.test(setting));
    return wrong ? null : { repository: positionals[0] ?? null, merges, seed, settings: values.config };
  } catch {
    return null;
  }
}

async function generated(folder: string, env: Readonly<Record<string, string | undefined>>, seed: number, merges: number): Promise<Repository> {
  execFileSync('git', ['init', '-q', '--bare', folder], { env });
  await openGit(folder, env).run(['fast-import', '--quiet'], { input: generatedHistory(seed, merges) });
  return openRepository(folder, env);
}

/** A repository of our own on the objects of another, with the settings of that one that change a merge. */
async function scratchBeside(source: Repository, folder: string, env: Readonly<Record<string, string | undefined>>, settings: readonly string[]): Promise<Repository> {
  execFileSync('git', ['init', '-q', `--object-format=${source.objectFormat}`, folder], { env });
  writeFileSync(join(folder, '.git', 'objects', 'info', 'alternates'), `${join(source.commonDir, 'objects')}\n`);
  const git = openGit(folder, env);
  const own = (await allSettings(source.git)).filter(({ scope }) => scope === 'local' || scope === 'worktree');
  for (const { key, value } of roomSettings(own).merging) await git.run(['config', key, value]);
  for (const setting of settings) await git.run(['config', setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)]);
  mkdirSync(join(folder, '.git', 'aiteam'));
  return openRepository(folder, env);
}

async function replay(source: Repository, scratch: Repository, wishes: Wishes): Promise<number> {
  const history = await source.git.text(['rev-list', '--all', '--merges', '--min-parents=2', '--max-parents=2', '--parents']);
  const all = history.split('\n').filter((line) => line !== '').map((line) => line.split(' ') as [string, CommitId, CommitId]);
  const merges = chosen(all, wishes.merges, wishes.seed);
  console.log(`${all.length} merges of two parents, ${merges.length} replayed (seed ${wishes.seed})`);
  const counts = { clean: 0, conflict: 0, unrelated: 0, 'needs-driver': 0, refused: 0 };
  let disagreements = 0;
  for (const [merge, ours, theirs] of merges) {
    const mine = await mergedByUs(scratch, join(scratch.commonDir, 'aiteam', 'clean-room'), ours, theirs);
    const gits = await mergedByGit(scratch.git, scratch.commonDir, ours, theirs);
    counts[gits.verdict === 'refused' ? 'refused' : mine.verdict] += 1;
    if (gits.verdict === 'refused') console.log(`${merge} (${ours} ${theirs})\n    git merge would not begin: ${escapeText(gits.said)}`);
    const difference = mine.verdict === 'needs-driver' || gits.verdict === 'refused' ? null : disagreement(mine, gits);
    if (difference === null) continue;
    disagreements += 1;
    console.log(`${merge} (${ours} ${theirs})\n    ${escapeText(difference)}`);
  }
  console.log(`${counts.clean} clean, ${counts.conflict} conflicts, ${counts.unrelated} unrelated; not compared: ${counts['needs-driver']} that need a merge driver, ${counts.refused} that git merge would not begin`);
  console.log(`${disagreements} disagreements`);
  return disagreements === 0 ? 0 : 3;
}

/** That many of them, which the seed decides. */
function chosen<T>(all: readonly T[], count: number, seed: number): T[] {
  const random = randomFrom(seed);
  const list = [...all];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [list[at], list[other]] = [list[other] as T, list[at] as T];
  }
  return list.slice(0, count);
}
