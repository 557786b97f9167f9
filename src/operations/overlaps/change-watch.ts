import { watch, type FSWatcher } from 'node:fs';
import type { WatchedFolder } from '../../git/watched-folders.ts';

/** Something that changes: the folders in which that shows, and a cheap text that differs afterwards, for where they cannot be watched. */
export interface WatchedPlace {
  readonly key: string;
  readonly folders: () => Promise<readonly WatchedFolder[]>;
  readonly signature: () => Promise<string>;
}

export interface ChangeWatch {
  /** Watches these places from now on, and no others. */
  cover(places: readonly WatchedPlace[]): Promise<void>;
  /** Waits for a change since `cover` was called. */
  changed(): Promise<void>;
  /** How many of the places are looked at now and then, because the system does not tell of them. */
  polled(): number;
  close(): void;
}

export interface WatchLimits {
  /** Folders of one place; more are looked at instead. */
  readonly mostFolders: number;
  readonly pollMs: number;
}

/** What comes in one go, such as a checkout, is one change. */
const TOGETHER_MS = 80;

/** Notices changes by the system's own notifications (inotify, FSEvents), which cost nothing while there are none. */
export function watchChanges({ mostFolders, pollMs }: WatchLimits): ChangeWatch {
  const covered = new Map<string, { place: WatchedPlace; watchers: Map<string, FSWatcher>; signature: string | null }>();
  const stale = new Set<string>();
  let tell: (() => void) | null = null;
  let timer: NodeJS.Timeout | undefined;
  const note = (key: string): void => {
    stale.add(key);
    tell?.();
  };
  const drop = (key: string): void => {
    for (const watcher of covered.get(key)?.watchers.values() ?? []) watcher.close();
    covered.delete(key);
  };
  const coverOne = async (place: WatchedPlace): Promise<void> => {
    const watchers = covered.get(place.key)?.watchers ?? new Map<string, FSWatcher>();
    const folders = await place.folders();
    const signature = folders.length <= mostFolders && watchFolders(watchers, folders, () => note(place.key)) ? null : await place.signature();
    if (signature !== null) {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    }
    covered.set(place.key, { place, watchers, signature });
  };
  const look = async (): Promise<void> => {
    for (const [key, { place, signature }] of covered) if (signature !== null && await place.signature() !== signature) note(key);
  };
  return {
    async cover(places) {
      const again = places.filter(({ key }) => stale.has(key) || !covered.has(key));
      stale.clear();
      for (const key of covered.keys()) if (!places.some((place) => place.key === key)) drop(key);
      await Promise.all(again.map(coverOne));
    },
    async changed() {
      if ([...covered.values()].some(({ signature }) => signature !== null)) timer = setInterval(() => void look().catch(() => undefined), pollMs);
      if (stale.size === 0) await new Promise<void>((resolve) => { tell = resolve; });
      tell = null;
      clearInterval(timer);
      await new Promise((resolve) => { setTimeout(resolve, TOGETHER_MS); });
    },
    polled: () => [...covered.values()].filter(({ signature }) => signature !== null).length,
    close() {
      clearInterval(timer);
      for (const key of covered.keys()) drop(key);
    },
  };
}

/** Watches these folders and no others; false where the system has no room for that. */
function watchFolders(watchers: Map<string, FSWatcher>, folders: readonly WatchedFolder[], note: () => void): boolean {
  const wanted = new Map(folders.map((folder) => [folder.path.toString('latin1'), folder]));
  for (const [key, watcher] of watchers) {
    if (wanted.has(key)) continue;
    watcher.close();
    watchers.delete(key);
  }
  for (const [key, { path, names }] of wanted) {
    if (watchers.has(key)) continue;
    try {
      const watcher = watch(path, (_event, name) => {
        if (name === null || (names === null ? !name.endsWith('.lock') : names.has(name))) note();
      });
      // A folder that goes away is told of by the one above it, too.
      watcher.on('error', note);
      watchers.set(key, watcher);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return false;
    }
  }
  return true;
}
