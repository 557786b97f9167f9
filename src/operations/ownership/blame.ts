import { refusal } from '../../core/errors.ts';
import { showPath } from '../../core/text.ts';
import type { Context } from '../context.ts';
import { openWorkspace } from '../open-workspace.ts';
import { settle } from '../settle.ts';
import { FOLDER } from '../../git/tree-entry.ts';
import { authored, type Authored } from './authored.ts';
import { findPath, nothingThere, type FoundPath } from './find-path.ts';

export interface BlameInput {
  /** From the current folder on. */
  readonly path: string;
  /** An agent, whose branch is meant, or a revision; null for the target. */
  readonly at: string | null;
}

export interface Blamed {
  readonly found: FoundPath;
  readonly authored: Authored;
}

/**
 * Who wrote each line of a file, through whatever way it landed.
 * Errors: those of `findPath`, `path-unknown`, `path-in-several`, `path-folder`.
 */
export async function blameFile(context: Context, { path, at }: BlameInput): Promise<Blamed> {
  const workspace = await settle(await openWorkspace(context));
  const found = await findPath(workspace, path, at, false);
  const { entry } = found;
  if (entry === null) throw nothingThere(found, path, 'blame');
  if (entry.mode === FOLDER) throw refusal('path-folder', `${entry.path === '' ? 'that' : showPath(entry.path)} is a folder`, 'name a file in it', 'aiteam who answers for folders: whose work is in it');
  return { found, authored: await authored(workspace, { ...found, entry }) };
}
