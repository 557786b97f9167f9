import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommitId } from '../core/ids.ts';
import { moreSettings, type Git } from './git.ts';
import { readObjects } from './objects.ts';
import type { Repository } from './repository.ts';

/** Settings that change what a merge makes and run nothing; the only ones that enter the room. */
const MERGE_SETTINGS = [
  'merge.renames', 'merge.renamelimit', 'merge.directoryrenames', 'merge.renormalize', 'diff.renames', 'diff.renamelimit',
  'core.autocrlf', 'core.eol', 'core.ignorecase', 'core.precomposeunicode',
];

/** So long that no line of a file is taken for a marker of ours (gitattributes(5), conflict-marker-size). */
export const ROOM_MARKER_SIZE = 37;

/**
 * A door to git in a bare git directory of our own on the repository's objects: no configuration, hook, driver or filter
 * that an agent could have set runs here. Attributes are those of `attributesOf`.
 */
export async function openCleanRoom(repo: Repository, folder: string, attributesOf: CommitId): Promise<Git> {
  const gitDir = join(folder, 'repo.git');
  makeGitDirectory(gitDir, repo);
  const [settings, workTree] = await Promise.all([mergeSettings(repo.git), attributesFolder(repo.git, folder, attributesOf)]);
  return repo.git.at(workTree).with({
    ...moreSettings([...settings, ['merge.conflictStyle', 'diff3']]),
    GIT_DIR: gitDir,
    GIT_WORK_TREE: workTree,
    GIT_OBJECT_DIRECTORY: join(repo.commonDir, 'objects'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  });
}

function makeGitDirectory(gitDir: string, repo: Repository): void {
  const sha256 = repo.objectFormat === 'sha256';
  const config = `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = false\n${sha256 ? '[extensions]\n\tobjectFormat = sha256\n' : ''}`;
  const attributes = `${textOf(join(repo.commonDir, 'info', 'attributes'))}\n* conflict-marker-size=${ROOM_MARKER_SIZE}\n`;
  mkdirSync(join(gitDir, 'objects'), { recursive: true });
  mkdirSync(join(gitDir, 'refs'), { recursive: true });
  mkdirSync(join(gitDir, 'info'), { recursive: true });
  putIfOther(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  putIfOther(join(gitDir, 'config'), config);
  putIfOther(join(gitDir, 'info', 'attributes'), attributes);
}

async function mergeSettings(git: Git): Promise<(readonly [string, string])[]> {
  const result = await git.run(['config', '-z', '--get-regexp', `^(${MERGE_SETTINGS.map((key) => key.replace('.', '\\.')).join('|')})$`], { accept: [0, 1] });
  return result.stdout.toString('utf8').split('\0').filter((entry) => entry !== '').map((entry) => {
    const end = entry.indexOf('\n');
    return end < 0 ? [entry, 'true'] as const : [entry.slice(0, end), entry.slice(end + 1)] as const;
  });
}

/**
 * A folder that holds the commit's `.gitattributes` files and nothing else: git reads attributes from the current
 * worktree, not from the commits that it merges. One folder for each set of files, made once.
 */
async function attributesFolder(git: Git, folder: string, commit: CommitId): Promise<string> {
  const listed = (await git.bytes(['ls-tree', '-r', '-z', commit])).split('\0')
    .map((entry) => /^100\d+ blob ([0-9a-f]+)\t((?:.*\/)?\.gitattributes)$/s.exec(entry))
    .filter((match) => match !== null)
    .map(([, blob = '', path = '']) => ({ blob, path }));
  const name = createHash('sha256').update(JSON.stringify(listed)).digest('hex').slice(0, 16);
  const made = join(folder, `attributes-${name}`);
  if (existsSync(made)) return made;
  const contents = await readObjects(git, listed.map((entry) => entry.blob));
  const making = `${made}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  listed.forEach(({ path }, index) => {
    const file = Buffer.concat([Buffer.from(`${making}/`), Buffer.from(path, 'latin1')]);
    mkdirSync(Buffer.concat([Buffer.from(`${making}/`), Buffer.from(dirname(path), 'latin1')]), { recursive: true });
    writeFileSync(file, contents[index] ?? Buffer.alloc(0));
  });
  try {
    renameSync(making, made);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(made)) throw error;
  }
  return made;
}

function putIfOther(path: string, content: string): void {
  if (textOf(path) === content) return;
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
