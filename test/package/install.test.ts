import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { localRegistry } from '../support/local-registry.ts';
import { scratch } from '../support/scratch.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

// Seen to fail with "hooks" taken out of package.json's files, and with a dependency renamed.
test('the package, installed by npm into an empty folder, initialises a repository and its hooks record a commit', async () => {
  const { folder, repo, env, git, read, write } = scratch();
  const app = join(folder, 'an app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true }');
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: PROJECT, env });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  await run('npm', ['install', '--no-audit', '--no-fund', '--registry', await localRegistry(), join(folder, filename)], { cwd: app, env });

  const aiteam = async (...args: string[]): Promise<string> => (await run(join(app, 'node_modules/.bin/aiteam'), args, { cwd: repo, env })).stdout;
  expect(await aiteam('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  await aiteam('init', 'glm');
  await aiteam('worktree', 'add', 'glm');
  const worktree = join(folder, 'repo.worktrees/glm');
  write({ 'new.txt': 'by glm\n' }, worktree);
  git(['add', '-A'], { cwd: worktree });
  git(['commit', '-q', '-m', 'Add a file'], { cwd: worktree });
  expect(git(['log', '-1', '--format=%(trailers:only)', 'feature/glm'])).toContain('glm');
  expect(read('.git/aiteam/touched/glm')).toBe('new.txt\n');
});
