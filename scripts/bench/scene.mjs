// A scratch repository to measure in, with an environment made from nothing.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BINARY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A repository on main with `files` files, 50 a folder; `agents` get a worktree each. Removed when this process ends, unless `keep` is set. */
export function scene({ files, agents }) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aiteam-bench-')));
  const repo = join(folder, 'repo');
  const env = environment(folder);
  const self = {
    folder,
    repo,
    env,
    keep: false,
    worktree: (agent) => join(folder, 'repo.worktrees', agent),
    run: (file, args, options = {}) => finish(file, args, { cwd: repo, env, ...options }),
    git: (args, cwd = repo) => self.run('git', args, { cwd }),
    aiteam: (args, options) => self.run(process.execPath, [BINARY, ...args], options),
    settle: () => settle(env.AITEAM_BENCH),
  };
  process.once('exit', () => {
    if (!self.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  mkdirSync(repo);
  self.git(['init', '-q', '-b', 'main']);
  for (let index = 0; index < files; index += 1) write(join(repo, `d${Math.floor(index / 50)}/f${index}.txt`), `file ${index}\n`.repeat(10));
  self.git(['add', '-A']);
  self.git(['commit', '-q', '-m', 'first']);
  self.aiteam(['init', ...agents]);
  self.git(['add', '-A']);
  self.git(['commit', '-q', '--allow-empty', '-m', 'aiteam']);
  if (agents.length > 0) self.aiteam(['worktree', 'add', ...agents]);
  self.settle();
  return self;
}

/** Writes a file, folders made. */
export function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function environment(folder) {
  mkdirSync(join(folder, 'home'));
  return {
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(folder, 'home/.config'),
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@example.org', GIT_COMMITTER_NAME: 'Bench', GIT_COMMITTER_EMAIL: 'bench@example.org',
    // By this the processes that a hook leaves in the background are known.
    AITEAM_BENCH: folder,
  };
}

function finish(file, args, { accept = [0], ...options }) {
  const result = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  if (!accept.includes(result.status)) throw new Error(`${file} ${args.join(' ')}: exit ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Waits until no process of the scene is left in the background; half a second where the system does not tell. */
function settle(marker) {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const alive = processesWith(`AITEAM_BENCH=${marker}`);
    if (alive === 0) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, alive === null ? 500 : 5);
    if (alive === null) return;
  }
}

function processesWith(text) {
  let pids;
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  return pids.filter((pid) => environOf(pid).includes(text)).length;
}

function environOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
