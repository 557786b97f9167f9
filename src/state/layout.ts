import { join } from 'node:path';

/** Where everything of ours lies; all below the common git directory but the views of a repository with a checkout. */
export interface Layout {
  readonly root: string;
  /** Event files, one a writer. */
  readonly journal: string;
  /** The dispatcher that git runs in linked worktrees. */
  readonly hooks: string;
  /** The settings that the repository includes for linked worktrees. */
  readonly hooksConfig: string;
  /** A file an agent: the paths that its unlanded branch touches, as git quotes them, one a line. */
  readonly touched: string;
  /** The bare git directory in which merges run. */
  readonly cleanRoom: string;
  /** The gate's own worktree and its logs. */
  readonly gate: string;
  /** What was begun and must be finished or cleared away by the next command, a file each. */
  readonly intents: string;
  /** What commands of `run --cached` printed, a file each. */
  readonly cache: string;
  /** What was read of clients' records, a file each. */
  readonly usage: string;
  /** The clients that are stopped for now, a file an agent. */
  readonly paused: string;
  /** A folder for each thing removed: what it was, and its files. */
  readonly trash: string;
  /** The folder of views. */
  readonly views: string;
}

export const VIEWS_FOLDER = '.ai-coordinator';

/** The file in a worktree's own git directory that says which agent works there: agent, model and trailer, a line each. */
export const MARKER_FILE = 'aiteam-agent';

export function layoutOf(commonDir: string, mainWorktree: string | null): Layout {
  const root = join(commonDir, 'aiteam');
  return {
    root,
    journal: join(root, 'journal'),
    hooks: join(root, 'hooks'),
    hooksConfig: join(root, 'hooks.gitconfig'),
    touched: join(root, 'touched'),
    cleanRoom: join(root, 'clean-room'),
    gate: join(root, 'gate'),
    intents: join(root, 'intents'),
    cache: join(root, 'cache'),
    usage: join(root, 'usage'),
    paused: join(root, 'paused'),
    trash: join(root, 'trash'),
    views: join(mainWorktree ?? commonDir, VIEWS_FOLDER),
  };
}
