import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_CONFIG, type Config } from '../core/config.ts';
import { usageError } from '../core/errors.ts';
import { branchRef } from '../core/ids.ts';
import { escapeText } from '../core/text.ts';
import type { Repository } from '../git/repository.ts';
import { fileAt } from '../git/tree-file.ts';
import { usualTarget } from '../git/usual-target.ts';
import { checkSize } from './size-limit.ts';

export const CONFIG_FILE = '.aiteam.yaml';

/** Where a configuration came from: the human's checkout, a branch, a bare repository's own folder, or nowhere. */
export type ConfigOrigin =
  | { readonly kind: 'checkout' | 'common'; readonly path: string }
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'none' };

export interface LoadedConfig {
  readonly config: Config;
  readonly origin: ConfigOrigin;
}

/** The repository's configuration, or the defaults where it has none. Errors: `config-invalid`. */
export async function loadConfig(repo: Repository): Promise<Config> {
  return (await findConfig(repo)).config;
}

/**
 * The configuration and where it was found: the human's checkout, else the target's commit, else (bare) our own folder.
 * Never an agent's branch: what an agent commits takes effect when it has landed. Errors: `config-invalid`.
 */
export async function findConfig(repo: Repository): Promise<LoadedConfig> {
  const checkedOut = repo.mainWorktree === null ? null : join(repo.mainWorktree, CONFIG_FILE);
  const fromCheckout = checkedOut === null ? null : await readConfigFile(checkedOut, CONFIG_FILE);
  if (checkedOut !== null && fromCheckout !== null) return { config: fromCheckout, origin: { kind: 'checkout', path: checkedOut } };

  const usual = await usualTarget(repo);
  for (const branch of usual.kind === 'found' ? [usual.branch] : usual.kind === 'several' ? usual.branches : []) {
    const config = await readConfigOn(repo, branch);
    if (config !== null) return { config, origin: { kind: 'branch', branch } };
  }

  const common = commonConfigFile(repo);
  const fromCommon = repo.mainWorktree === null ? await readConfigFile(common, common) : null;
  return fromCommon === null ? { config: DEFAULT_CONFIG, origin: { kind: 'none' } } : { config: fromCommon, origin: { kind: 'common', path: common } };
}

/** Where a bare repository whose target has no configuration keeps one. */
export function commonConfigFile(repo: Repository): string {
  return join(repo.commonDir, 'aiteam', 'config.yaml');
}

async function readConfigFile(path: string, name: string): Promise<Config | null> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const shown = escapeText(name);
  if (!stats.isFile()) {
    throw usageError('config-invalid', `${shown} is no regular file`, 'a link or a device is not followed: put the configuration itself there');
  }
  checkSize(shown, stats.size);
  return parse(readFileSync(path), shown);
}

async function readConfigOn(repo: Repository, branch: string): Promise<Config | null> {
  const found = await fileAt(repo.git, branchRef(branch), CONFIG_FILE);
  const name = `${escapeText(branch)}:${CONFIG_FILE}`;
  if (found.kind === 'absent') return null;
  if (found.kind === 'no-file') throw usageError('config-invalid', `${name} is no regular file`);
  checkSize(name, found.size);
  return parse(await found.read(), name);
}

async function parse(bytes: Uint8Array, name: string): Promise<Config> {
  return (await loadParser()).parseConfig(bytes, name);
}

/** The parser, which takes ten milliseconds to load: time that a command has while it waits for git. */
export function loadParser(): Promise<typeof import('./schema.ts')> {
  return import('./schema.ts');
}
