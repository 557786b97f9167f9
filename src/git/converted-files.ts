import type { RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';
import { lstatIfThere } from './on-disk.ts';

/** The attributes by which git stores a file otherwise than it lies on the disk (gitattributes(5)). */
const ATTRIBUTES = ['text', 'eol', 'crlf', 'ident', 'filter', 'working-tree-encoding'];

/** What lies on the disk of those of these files that git may convert: its hash, by path. Blobs do not tell one such file from another. */
export async function convertedFiles(there: Git, paths: readonly RepoPath[]): Promise<(readonly [path: RepoPath, hash: string])[]> {
  const converted = (await convertible(there, paths)).filter((path) => lstatIfThere(there.cwd, path)?.isFile() === true);
  if (converted.length === 0) return [];
  const hashes = (await there.text(['hash-object', '--no-filters', '--stdin-paths'], { input: converted.map((path) => `${quoted(path)}\n`).join('') })).split('\n');
  return converted.map((path, index) => [path, hashes[index] ?? '']);
}

async function convertible(there: Git, paths: readonly RepoPath[]): Promise<RepoPath[]> {
  if (paths.length === 0) return [];
  const { stdout } = await there.run(['config', '--get', 'core.autocrlf'], { accept: [0, 1] });
  const allText = !['', 'false', 'no', 'off', '0'].includes(stdout.toString('utf8').trim().toLowerCase());
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  const facts = (await there.run(['check-attr', '-z', '--stdin', ...ATTRIBUTES], { input })).stdout.toString('latin1').split('\0');
  return paths.filter((_path, index) => ATTRIBUTES.some((name, column) => {
    const value = facts[(index * ATTRIBUTES.length + column) * 3 + 2];
    return value === 'unspecified' ? allText && name === 'text' : value !== 'unset';
  }));
}

/** As git reads a path that may hold a line break. */
function quoted(path: RepoPath): string {
  return `"${[...path].map((byte) => (/[A-Za-z0-9._/-]/.test(byte) ? byte : `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)).join('')}"`;
}
