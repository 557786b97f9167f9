import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setting } from '../core/executable-config.ts';
import type { CommitId } from '../core/ids.ts';
import { roomSettings, type RoomSettings } from '../core/room-settings.ts';
import { attributesFolder } from './attributes-folder.ts';
import { moreSettings, type Git } from './git.ts';
import { standIn, watched } from './merge-drivers.ts';
import type { Repository } from './repository.ts';
import { allSettings } from './settings.ts';

/** So long that no line of a file is taken for a marker of ours (gitattributes(5), conflict-marker-size). */
export const ROOM_MARKER_SIZE = 37;

/**
 * A door to git in a bare git directory of our own on the repository's objects: no configuration, hook, driver or filter
 * that an agent could have set runs here. Attributes are those of one commit.
 */
export interface CleanRoom extends Git {
  /** The same room, where conflicts are marked in a form of ours. Only for showing them: markers can change a verdict. */
  readonly marked: Git;
  /** The configured merge drivers, by the number with which they report that they were wanted and did not run. */
  readonly drivers: readonly string[];
  /** The remotes that git fetches from what a partial clone lacks; none in a whole one. */
  readonly promisors: readonly string[];
  /** Settings that `git merge` heeds and this room cannot. */
  readonly unheeded: readonly Setting[];
  /** The same room with the attributes of another commit. */
  withAttributesOf(commit: CommitId): Promise<CleanRoom>;
}

/** Opens the room in `folder`. Of the configured merge drivers only those run whose very command is in `approved`, by name. */
export async function openCleanRoom(repo: Repository, folder: string, attributesOf: CommitId, approved: ReadonlyMap<string, string> = new Map()): Promise<CleanRoom> {
  const attributes = (commit: CommitId): Promise<string> => attributesFolder(repo.git, folder, commit, repo.mainWorktree);
  const [settings, replaced, firstWorkTree] = await Promise.all([
    allSettings(repo.git).then(roomSettings),
    repo.git.bytes(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/replace/']),
    attributes(attributesOf),
  ]);
  const gitDirs = { plain: join(folder, 'repo.git'), marked: join(folder, 'marked.git') };
  makeGitDirectory(gitDirs.plain, repo, replaced, '');
  makeGitDirectory(gitDirs.marked, repo, replaced, `* conflict-marker-size=${ROOM_MARKER_SIZE}\n`);
  const drivers = [...settings.drivers.keys()];
  const inRoom = [...settings.merging, ...settings.fetching, ...driverSettings(settings, drivers, approved)];
  const roomIn = (workTree: string): CleanRoom => {
    const door = (gitDir: string, more: readonly Setting[]): Git => repo.git.at(workTree).with({
      ...moreSettings([...inRoom, ...more].map(({ key, value }) => [key, value] as const)),
      GIT_DIR: gitDir,
      GIT_WORK_TREE: workTree,
      GIT_OBJECT_DIRECTORY: join(repo.commonDir, 'objects'),
      GIT_GRAFT_FILE: join(repo.commonDir, 'info', 'grafts'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    });
    const marked = door(gitDirs.marked, [{ key: 'merge.conflictStyle', value: 'diff3' }]);
    return { ...door(gitDirs.plain, []), marked, drivers, promisors: settings.promisors, unheeded: settings.unheeded, withAttributesOf: async (commit) => roomIn(await attributes(commit)) };
  };
  return roomIn(firstWorkTree);
}

function driverSettings(settings: RoomSettings, drivers: readonly string[], approved: ReadonlyMap<string, string>): Setting[] {
  return drivers.map((name, index) => {
    const command = settings.drivers.get(name) ?? null;
    return { key: `merge.${name}.driver`, value: command !== null && approved.get(name) === command ? watched(command, index) : standIn(index) };
  });
}

function makeGitDirectory(gitDir: string, repo: Repository, packedRefs: string, attributes: string): void {
  const sha256 = repo.objectFormat === 'sha256';
  const config = `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = false\n${sha256 ? '[extensions]\n\tobjectFormat = sha256\n' : ''}`;
  for (const folder of ['objects', 'refs', 'info']) mkdirSync(join(gitDir, folder), { recursive: true });
  putIfOther(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  putIfOther(join(gitDir, 'config'), config);
  putIfOther(join(gitDir, 'packed-refs'), packedRefs);
  putIfOther(join(gitDir, 'info', 'attributes'), `${bytesOf(join(repo.commonDir, 'info', 'attributes'))}\n${attributes}`);
  linkOnce(join(repo.commonDir, 'modules'), join(gitDir, 'modules'));
}

/** The repositories of submodules that are not checked out. */
function linkOnce(target: string, link: string): void {
  if (!existsSync(target) || existsSync(link)) return;
  try {
    symlinkSync(target, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function putIfOther(path: string, content: string): void {
  if (bytesOf(path) === content) return;
  writeFileSync(`${path}.${process.pid}`, content, 'latin1');
  renameSync(`${path}.${process.pid}`, path);
}

function bytesOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
