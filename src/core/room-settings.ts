import type { Setting } from './executable-config.ts';

/** A setting and where it was read: `system`, `global`, `local`, `worktree` or `command`. */
export interface ScopedSetting extends Setting {
  readonly scope: string;
}

/** What of a repository's configuration the clean room knows. */
export interface RoomSettings {
  /** Settings that change what a merge makes and run nothing. */
  readonly merging: readonly Setting[];
  /** Merge drivers that are configured, with their command; null where they lack one. */
  readonly drivers: ReadonlyMap<string, string | null>;
  /** The remotes that a partial clone fetches what it lacks from. */
  readonly promisors: readonly string[];
  /** What that fetch needs: their addresses, and how the user reaches servers. */
  readonly fetching: readonly Setting[];
  /** Settings by which `git merge` takes another strategy, which a merge in memory cannot. */
  readonly unheeded: readonly Setting[];
}

const MERGING = new Set([
  'merge.renames', 'merge.renamelimit', 'merge.directoryrenames', 'merge.renormalize', 'merge.default', 'merge.conflictstyle',
  'diff.renames', 'diff.renamelimit', 'diff.algorithm',
  'core.autocrlf', 'core.eol', 'core.ignorecase', 'core.precomposeunicode', 'core.attributesfile', 'core.bigfilethreshold',
]);

/** Taken from the user's own files only: some of them run programs, and an agent can write the repository's. */
const REACHING = /^(credential|http|url|protocol|ssh)\.|^core\.(sshcommand|askpass)$/;

/** Chooses what enters the clean room from all settings, in git's order: of two with one key the later holds. */
export function roomSettings(settings: readonly ScopedSetting[]): RoomSettings {
  const drivers = new Map<string, string | null>();
  const promisors = new Set<string>();
  for (const { key, value } of settings) {
    const [, driver, variable] = /^merge\.(.+)\.([^.]+)$/s.exec(key) ?? [];
    if (driver !== undefined) drivers.set(driver, variable === 'driver' ? value : (drivers.get(driver) ?? null));
    const [, remote] = /^remote\.(.+)\.promisor$/s.exec(key) ?? [];
    if (remote !== undefined && /^(true|yes|on|1)$/i.test(value)) promisors.add(remote);
    if (key === 'extensions.partialclone') promisors.add(value);
  }
  const address = new Set([...promisors].flatMap((remote) => ['url', 'promisor', 'partialclonefilter'].map((variable) => `remote.${remote}.${variable}`)));
  return {
    merging: settings.filter(({ key }) => MERGING.has(key) || /^merge\..+\.recursive$/s.test(key)).map(plain),
    drivers,
    promisors: [...promisors],
    unheeded: settings.filter(({ key, value }) => key === 'pull.twohead' ? value !== 'ort' : /^branch\..+\.mergeoptions$/s.test(key) && /(^|\s)(-[sX]|--strategy)/.test(value)).map(plain),
    fetching: promisors.size === 0 ? [] : settings.filter(({ key, scope }) => address.has(key) || (REACHING.test(key) && (scope === 'global' || scope === 'system'))).map(plain),
  };
}

function plain({ key, value }: ScopedSetting): Setting {
  return { key, value };
}
