// Keeps beside each file of the bundle what V8 compiles of it while the usual commands run: see src/compile-cache.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Runs one command line of the bundle in the first argument, and writes the caches when it ends. */
const RUNNER = `
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { useCompileCache } from './src/compile-cache.ts';
const [dist, ...args] = process.argv.slice(2);
const loaded = new Map();
useCompileCache(dist, (path, made) => loaded.set(path, made));
process.once('exit', () => { for (const [path, made] of loaded) writeFileSync(path + '.cache', made()); });
const { main } = createRequire(dist + '/')('./program.js');
main(args).then((code) => { process.exitCode = code; });
`;

/** What runs most, and between two runs of ours. */
const STEPS = [
  ['git', 'init', '-q', '-b', 'main'],
  ['git', 'commit', '-q', '--allow-empty', '-m', 'first'],
  ['aiteam', 'init', 'claude', 'glm'],
  ['aiteam', 'worktree', 'add', 'claude', 'glm'],
  ['git', '-C', '../repo.worktrees/claude', 'commit', '-q', '--allow-empty', '-m', 'work'],
  ['aiteam', 'status'],
  ['aiteam', 'overlaps'],
  ['aiteam', 'brief', 'glm'],
  ['aiteam', 'integrate'],
];

/** Makes the caches of a bundle; without them it only starts more slowly. */
export async function keepCompiled(outdir) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aiteam-build-')));
  try {
    const runner = join(folder, 'runner.cjs');
    const { outputFiles } = await build({ stdin: { contents: RUNNER, resolveDir: '.' }, bundle: true, format: 'cjs', platform: 'node', write: false });
    writeFileSync(runner, outputFiles[0].contents);
    const env = {
      PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state'), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Build', GIT_AUTHOR_EMAIL: 'build@example.org', GIT_COMMITTER_NAME: 'Build', GIT_COMMITTER_EMAIL: 'build@example.org', AITEAM: '0',
    };
    const repo = join(folder, 'repo');
    for (const [program, ...args] of [['mkdir', repo], ...STEPS]) {
      const [file, given] = program === 'aiteam' ? [process.execPath, [runner, resolve(outdir), ...args]] : [program, args];
      const { status, stderr } = spawnSync(file, given, { cwd: program === 'mkdir' ? folder : repo, env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
