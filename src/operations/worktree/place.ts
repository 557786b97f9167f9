import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fillTemplate } from '../../core/config.ts';
import { refusal } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { escapeText, truncate } from '../../core/text.ts';
import { warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Where an agent's worktree belongs: absolute, with the links of what exists resolved, as git will list it.
 * Errors: `path-hostile`, `path-in-git`.
 */
export function placeFor(workspace: Workspace, agent: AgentId, asked: string | null): string {
  const { repo, context, config } = workspace;
  const root = repo.mainWorktree ?? repo.commonDir;
  const path = asked === null
    ? resolve(root, fillTemplate(config.worktrees.path, { agent, repo: repositoryName(root) }))
    : resolve(context.cwd, fillTemplate(asked, { agent }));
  if (escapeText(path) !== path) {
    throw refusal('path-hostile', `${truncate(escapeText(path), 120)} cannot be a worktree's folder: there are control characters in it`, `aiteam worktree add ${agent} --path DIR`);
  }
  const place = canonical(path);
  if (isBelow(place, repo.commonDir)) {
    throw refusal('path-in-git', `${escapeText(place)} is inside of the git directory`, `aiteam worktree add ${agent} --path DIR`);
  }
  if (repo.mainWorktree !== null && isBelow(place, repo.mainWorktree)) {
    warn(workspace.context, `${escapeText(place)} is inside of your checkout: git clean -xdff there would delete it`, 'a folder beside the repository is safer');
  }
  return place;
}

/** The path with the links of its longest existing part resolved. */
export function canonical(path: string): string {
  const rest: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), ...rest);
    } catch {
      if (at === dirname(at)) return path;
      rest.unshift(basename(at));
    }
  }
}

export function whatIsAt(path: string): 'nothing' | 'an empty folder' | 'something' {
  try {
    if (!lstatSync(path).isDirectory()) return 'something';
    return readdirSync(path).length === 0 ? 'an empty folder' : 'something';
  } catch {
    return 'nothing';
  }
}

/** Whether the path is the folder or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function repositoryName(root: string): string {
  return basename(root).replace(/\.git$/, '') || basename(dirname(root));
}
