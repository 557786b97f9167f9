import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratch } from '../support/scratch.ts';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));

test('scripts/demo plays to its end: three agents land, the conflict between two of them resolved', () => {
  const { folder: scratchFolder, env, git } = scratch();
  const folder = join(scratchFolder, 'with a space');
  mkdirSync(folder);
  const story = execFileSync(join(SCRIPTS, 'demo'), [], { cwd: '/', env: { ...env, TMPDIR: folder, AITEAM_TEST_BUILT: '1' }, encoding: 'utf8' });
  const demo = join(folder, readdirSync(folder).find((name) => name.startsWith('aiteam-demo.')) ?? '');
  const cwd = join(demo, 'splitbill');

  const merged = git(['log', '--merges', '--first-parent', '--format=%P', 'main'], { cwd });
  for (const agent of ['claude', 'glm', 'deepseek']) {
    git(['merge-base', '--is-ancestor', `feature/${agent}`, 'main'], { cwd });
    expect(merged).toContain(git(['rev-parse', `feature/${agent}`], { cwd }));
  }
  for (const [step, file] of [['resolved', 'src/money.js'], ['claude', 'src/settle.js'], ['deepseek-cents', 'src/balances.js']] as const) {
    expect(readFileSync(join(cwd, file), 'utf8')).toBe(readFileSync(join(SCRIPTS, 'sample/work', step, file), 'utf8'));
  }
  expect(git(['status', '--porcelain'], { cwd })).toBe('');
  expect(story).toMatch(/aiteam: +src\/money\.js:10-15 +glm changed the same lines/);
  expect(story).toContain('Ann pays Cleo 25.99 EUR');
  const playingOn = execFileSync('bash', ['-c', '. "$1"/activate && aiteam status', 'bash', demo], { env, encoding: 'utf8' });
  expect(playingOn).toMatch(/deepseek +feature\/deepseek/);
});
