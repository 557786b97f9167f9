import { ProcessError, run, type Env, type RunResult } from '../process/run.ts';
import { missingObjects } from './missing-objects.ts';

/**
 * Variables that would make git work on another repository than the one we name
 * (`git rev-parse --local-env-vars`).
 */
const LOCAL_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_CONFIG', 'GIT_CONFIG_PARAMETERS', 'GIT_CONFIG_COUNT', 'GIT_OBJECT_DIRECTORY', 'GIT_DIR',
  'GIT_WORK_TREE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_GRAFT_FILE', 'GIT_INDEX_FILE', 'GIT_NO_REPLACE_OBJECTS', 'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX', 'GIT_INTERNAL_SUPER_PREFIX', 'GIT_SHALLOW_FILE', 'GIT_COMMON_DIR',
];

/** Settings of every git call of ours: no hook, monitor, recursion or background work of the repository's choosing runs. */
const OUR_SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.quotePath', 'false'],
  ['submodule.recurse', 'false'],
  ['maintenance.auto', 'false'],
  ['gc.auto', '0'],
  ['advice.detachedHead', 'false'],
];

/** The environment without the variables by which git (or a hook's environment) names a repository. */
export function withoutRepository(env: Env): Env {
  const clean: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(env)) {
    if (LOCAL_VARIABLES.includes(name) || /^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(name)) continue;
    clean[name] = value;
  }
  return clean;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Exit codes that are an answer; default 0. */
  readonly accept?: readonly number[];
  /** Variables for this call, such as GIT_INDEX_FILE. */
  readonly env?: Env;
  readonly cwd?: string;
}

/** The door to git for one folder: every call goes through `run`. */
export interface Git {
  readonly cwd: string;
  readonly env: Env;
  /** Errors: `process-failed` where the exit code was not accepted, `objects-missing` where a partial clone could not fetch. */
  run(args: readonly string[], options?: GitOptions): Promise<RunResult>;
  /** Standard output as text without its final line break. */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
  /** Standard output as bytes, one character a byte (latin1). */
  bytes(args: readonly string[], options?: GitOptions): Promise<string>;
  /** The same door with another folder. */
  at(cwd: string): Git;
  /** The same door with more variables in every call. */
  with(env: Env): Git;
  /** The same door where the terminal's Ctrl-C reaches no call: for what must not end half-way. */
  shielded(): Git;
}

/** Opens git in a folder; `env` is the caller's environment, from which repository variables are removed. */
export function openGit(cwd: string, env: Env): Git {
  return doorTo(cwd, {
    ...withoutRepository(env),
    ...settingsEnvironment(OUR_SETTINGS),
    LC_ALL: 'C',
    LANGUAGE: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    // A pattern means the same for everybody.
    GIT_LITERAL_PATHSPECS: '0', GIT_GLOB_PATHSPECS: '0', GIT_NOGLOB_PATHSPECS: '0', GIT_ICASE_PATHSPECS: '0',
  });
}

/** The same door where the repository's own hooks run, for what a user would do by hand. */
export function withHooks(git: Git): Git {
  return git.with(settingsEnvironment(OUR_SETTINGS.filter(([key]) => key !== 'core.hooksPath')));
}

/** Variables that add settings to those of every call of ours (git-config(1), GIT_CONFIG_COUNT). */
export function moreSettings(settings: readonly (readonly [string, string])[]): Env {
  return settingsEnvironment([...OUR_SETTINGS, ...settings]);
}

function settingsEnvironment(settings: readonly (readonly [string, string])[]): Env {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}

function doorTo(cwd: string, env: Env, detached = false): Git {
  const call = (args: readonly string[], options: GitOptions = {}): Promise<RunResult> =>
    run('git', args, {
      cwd: options.cwd ?? cwd,
      env: options.env === undefined ? env : { ...env, ...options.env },
      detached,
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.accept === undefined ? {} : { accept: options.accept }),
    }).catch((error: unknown) => {
      throw (error instanceof ProcessError ? missingObjects(error.stderr) : null) ?? error;
    });
  return {
    cwd,
    env,
    run: call,
    text: async (args, options) => (await call(args, options)).stdout.toString('utf8').replace(/\n$/, ''),
    bytes: async (args, options) => (await call(args, options)).stdout.toString('latin1'),
    at: (folder) => doorTo(folder, env, detached),
    with: (more) => doorTo(cwd, { ...env, ...more }, detached),
    shielded: () => doorTo(cwd, env, true),
  };
}
