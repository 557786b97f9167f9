import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

/** The built binary that tests drive. */
export const BINARY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder with a home, a repository in it, and an environment made from nothing. */
export interface Scratch {
  /** The folder that everything lies in. */
  readonly folder: string;
  /** The repository's main worktree. */
  readonly repo: string;
  readonly env: Record<string, string>;
  /** Runs git in the repository (or in `cwd`), fails the test where git fails, and gives stdout without its last line break. */
  git(args: readonly string[], options?: { cwd?: string; input?: string; env?: Record<string, string> }): string;
  /** Runs git and gives whatever came of it. */
  tryGit(args: readonly string[], options?: { cwd?: string; input?: string; env?: Record<string, string> }): Finished;
  /** Runs the built `aiteam`. */
  aiteam(args: readonly string[], options?: { cwd?: string; input?: string; env?: Record<string, string> }): Finished;
  /** Runs the built `aiteam` without waiting for it here: for tests that run several at once. */
  start(args: readonly string[], options?: { cwd?: string; env?: Record<string, string>; onSpawn?: (child: ChildProcess) => void }): Promise<Finished>;
  /** Writes files below the repository (or `cwd`), folders made. */
  write(files: Readonly<Record<string, string>>, cwd?: string): void;
  read(path: string, cwd?: string): string;
  /** Writes files, stages everything and commits; gives the new commit's id. */
  commit(files: Readonly<Record<string, string>>, message: string, cwd?: string): string;
  /** The agent's worktree folder by the default template. */
  worktree(agent: string): string;
}

/** An environment made from nothing: no developer's configuration, a fixed identity and time zone. */
export function cleanEnvironment(home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: dirname(home),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Human', GIT_AUTHOR_EMAIL: 'human@example.org',
    GIT_COMMITTER_NAME: 'Human', GIT_COMMITTER_EMAIL: 'human@example.org',
  };
}

let template: string | undefined;

// Not at the process's exit: vitest ends its workers without one.
afterAll(() => {
  if (template !== undefined) rmSync(dirname(template), { recursive: true, force: true });
});

/** A scratch repository on branch main with one commit (`README.md`, `app.txt` of 20 lines); removed after the test. */
export function scratch(): Scratch {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aiteam-test-')));
  onTestFinished(() => removeFolder(folder));
  const home = join(folder, 'home');
  const repo = join(folder, 'repo');
  mkdirSync(home);
  const env = cleanEnvironment(home);
  cpSync(templateRepository(), repo, { recursive: true });
  return scratchIn(folder, repo, env);
}

/** A refresh that a commit started may still be writing there: it ends when it finds its repository gone. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

/** A scratch with `aiteam init` done and a worktree for each agent. */
export function team(...agents: string[]): Scratch {
  const made = scratch();
  expectDone(made.aiteam(['init', ...agents]));
  if (agents.length > 0) expectDone(made.aiteam(['worktree', 'add', ...agents]));
  return made;
}

/** Fails with the program's own words where it did not exit with the code expected. */
export function expectDone(finished: Finished, code = 0): Finished {
  if (finished.code !== code) {
    throw new Error(`expected exit ${code}, got ${finished.code ?? finished.signal}\nstdout:\n${finished.stdout}\nstderr:\n${finished.stderr}`);
  }
  return finished;
}

function scratchIn(folder: string, repo: string, env: Record<string, string>): Scratch {
  const finished = (file: string, args: readonly string[], options: { cwd?: string; input?: string; env?: Record<string, string> } = {}): Finished => {
    const result = spawnSync(file, args, {
      cwd: options.cwd ?? repo, env: { ...env, ...options.env }, input: options.input ?? '', encoding: 'utf8', maxBuffer: 1 << 28,
    });
    return { code: result.status, signal: result.signal, stdout: result.stdout, stderr: result.stderr };
  };
  const self: Scratch = {
    folder, repo, env,
    git: (args, options) => expectDone(finished('git', args, options)).stdout.replace(/\n$/, ''),
    tryGit: (args, options) => finished('git', args, options),
    aiteam: (args, options) => finished(process.execPath, [BINARY, ...args], options),
    start: (args, options = {}) => startProcess(process.execPath, [BINARY, ...args], options.cwd ?? repo, { ...env, ...options.env }, options.onSpawn),
    write: (files, cwd = repo) => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(cwd, path)), { recursive: true });
        writeFileSync(join(cwd, path), content);
      }
    },
    read: (path, cwd = repo) => readFileSync(join(cwd, path), 'utf8'),
    commit: (files, message, cwd = repo) => {
      self.write(files, cwd);
      self.git(['add', '-A'], { cwd });
      self.git(['commit', '-q', '--allow-empty', '-m', message], { cwd });
      return self.git(['rev-parse', 'HEAD'], { cwd });
    },
    worktree: (agent) => join(folder, 'repo.worktrees', agent),
  };
  return self;
}

function startProcess(file: string, args: readonly string[], cwd: string, env: Record<string, string>, onSpawn: ((child: ChildProcess) => void) | undefined): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    onSpawn?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Making a repository costs several processes, copying one costs none. */
function templateRepository(): string {
  if (template !== undefined && existsSync(template)) return template;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aiteam-template-')));
  const repo = join(folder, 'repo');
  const env = { ...cleanEnvironment(folder), GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: repo, env });
  mkdirSync(repo);
  git('init', '-q', '-b', 'main');
  writeFileSync(join(repo, 'README.md'), '# scratch\n');
  writeFileSync(join(repo, 'app.txt'), Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join(''));
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  template = repo;
  return repo;
}

/** Writes an executable script. */
export function script(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}
