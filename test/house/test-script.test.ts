import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratch, type Finished } from '../support/scratch.ts';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

const GREEN: Report = { numPassedTests: 7, numFailedTests: 0, testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }] };
const RED: Report = { numPassedTests: 6, numFailedTests: 1, testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }] };
const BROKEN_FILE: Report = { ...GREEN, testResults: [...GREEN.testResults, { status: 'failed', assertionResults: [] }] };

function count(checks: readonly string[], report: Report | string | null): Finished {
  const { folder } = scratch();
  writeFileSync(join(folder, 'checks'), checks.map((line) => `${line}\n`).join(''));
  if (report !== null) writeFileSync(join(folder, 'vitest.json'), typeof report === 'string' ? report : JSON.stringify(report));
  const result = spawnSync(process.execPath, [join(SCRIPTS, 'count-results.mjs'), folder], { encoding: 'utf8' });
  return { code: result.status, signal: result.signal, stdout: result.stdout, stderr: result.stderr };
}

test.for<[name: string, checks: string[], report: Report | string | null, line: string, code: number]>([
  ['every test and every check counts', ['passed build', 'passed lint', 'passed vitest'], GREEN, '9 passed, 0 failed', 0],
  ['a failed check', ['passed build', 'failed lint', 'passed vitest'], GREEN, '8 passed, 1 failed', 1],
  ['a failed test counts once', ['passed build', 'failed vitest'], RED, '7 passed, 1 failed', 1],
  ['a test file that could not be loaded', ['failed vitest'], BROKEN_FILE, '7 passed, 1 failed', 1],
  ['an error outside of every test', ['failed vitest'], GREEN, '7 passed, 1 failed', 1],
  ['vitest ended without a report', ['passed build', 'passed vitest'], null, '1 passed, 1 failed', 1],
  ['a report that was cut short', ['passed build', 'failed vitest'], '{"numPassedTests":', '1 passed, 1 failed', 1],
])('the counting line: %s', ([, checks, report, line, code]) => {
  expect(count(checks, report)).toMatchObject({ code, stdout: `${line}\n` });
});

/** The real scripts/test in a project of its own, whose steps are these; the folder's name has a space. */
function runScript(steps: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Finished {
  const made = scratch();
  const project = join(made.folder, 'a project');
  cpSync(SCRIPTS, join(project, 'scripts'), { recursive: true });
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  writeFileSync(join(project, 'package-lock.json'), '{}');
  writeFileSync(join(project, 'node_modules/.package-lock.json'), '{}');
  const report = `require('fs').writeFileSync(process.argv.at(-1).split('=')[1], '${JSON.stringify(GREEN)}')`;
  writeFileSync(join(project, 'green.cjs'), report);
  const all = { build: 'true', types: 'true', lint: 'true', unused: 'true', package: 'true', test: 'node green.cjs', ...steps };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'steps', scripts: all }));
  const result = spawnSync(join(project, 'scripts/test'), [], { cwd: '/', env: { ...made.env, GIT_DIR: '/nowhere', ...env }, encoding: 'utf8' });
  return { code: result.status, signal: result.signal, stdout: result.stdout, stderr: result.stderr };
}

test('scripts/test runs from any folder, without the variables of a git hook, and ends in the count', () => {
  const finished = runScript({ lint: 'test -z "$GIT_DIR" && test "$CI" = true' });
  expect(finished.stdout).toMatch(/\n12 passed, 0 failed\n$/);
  expect(finished.code).toBe(0);
});

test('a failing step hides none of the later ones', () => {
  const finished = runScript({ build: 'exit 3', unused: 'exit 1' });
  expect(finished.stdout).toContain('── build failed');
  expect(finished.stdout).toContain('── package passed');
  expect(finished.stdout).toMatch(/\n10 passed, 2 failed\n$/);
  expect(finished.code).toBe(1);
});

test('where node is missing and nothing can install it, that is said and counted as a failure', () => {
  const programs = join(scratch().folder, 'bin');
  mkdirSync(programs);
  for (const name of ['bash', 'dirname', 'mktemp', 'rm', 'git']) symlinkSync(whereIs(name), join(programs, name));
  const finished = runScript({}, { PATH: programs });
  expect(finished.stderr).toContain('missing: nodejs npm tmux zsh fish.');
  expect(finished.stdout).toMatch(/\n0 passed, 1 failed\n$/);
  expect(finished.code).toBe(1);
});

// Seen to fail with a list of what may be missing that was compared as a whole: two of it together ended everything.
test('where only what tests drive is missing, that is said, and the rest runs', () => {
  const programs = join(scratch().folder, 'bin');
  mkdirSync(programs);
  for (const name of ['bash', 'dirname', 'mktemp', 'rm', 'git', 'node', 'npm', 'env', 'sort', 'head', 'sh', 'true', 'zsh']) symlinkSync(whereIs(name), join(programs, name));
  const finished = runScript({}, { PATH: programs });
  expect(finished.stderr).toContain('missing: tmux fish.');
  expect(finished.stdout).toMatch(/\n12 passed, 0 failed\n$/);
});

function whereIs(program: string): string {
  return spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).stdout.trim();
}
