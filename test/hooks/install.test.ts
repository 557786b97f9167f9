import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oneForAll } from '../../src/core/overlap-policy.ts';
import { openRepository } from '../../src/git/repository.ts';
import { inspectDispatcher, installDispatcher, removeDispatcher } from '../../src/operations/install-hooks.ts';
import { openWorkspace } from '../../src/operations/open-workspace.ts';
import { layoutOf } from '../../src/state/layout.ts';
import { hooked, type Hooked } from '../support/agents.ts';
import { expectDone, script, team } from '../support/scratch.ts';

/** What any command does first; gives its warnings. */
async function anyCommand(made: Hooked): Promise<string[]> {
  const warnings: string[] = [];
  await openWorkspace({ cwd: made.repo, env: made.env, confirm: null, narrate: (progress) => { if (progress.kind === 'warning') warnings.push(progress.message); } });
  return warnings;
}

async function findings(made: Hooked): Promise<string[]> {
  return (await inspectDispatcher(await openRepository(made.repo, made.env), made.layout)).map(({ kind, message }) => `${kind}: ${message}`);
}

/** Whether git runs our hooks in the agent's worktree. */
function fires(made: Hooked, agent = 'glm'): boolean {
  const cwd = made.worktree(agent);
  made.git(['commit', '-q', '--allow-empty', '-m', 'probe'], { cwd });
  const journal = join(made.layout.journal, `hook-${agent}.log`);
  return existsSync(journal) && readFileSync(journal, 'utf8').includes(made.git(['rev-parse', 'HEAD'], { cwd }));
}

const config = (made: Hooked): string => readFileSync(join(made.repo, '.git/config'), 'utf8');

test('installing twice changes nothing, and removing leaves the configuration as it was, byte for byte', async () => {
  const made = await hooked([]);
  const repo = await openRepository(made.repo, made.env);
  await removeDispatcher(repo, made.layout);
  const before = config(made);
  await installDispatcher(repo, made.layout);
  const installed = config(made);
  const times = (): number[] => ['hooks/pre-commit', 'hooks/lib.sh', 'runtime', 'policy', 'hooks.gitconfig'].map((name) => statSync(join(made.layout.root, name)).mtimeMs);
  const then = times();
  await installDispatcher(repo, made.layout);
  expect(config(made)).toBe(installed);
  expect(times()).toEqual(then);
  await removeDispatcher(repo, made.layout);
  expect(config(made)).toBe(before);
  expect(existsSync(made.layout.hooks)).toBe(false);
});

describe('any command puts right, and says so, when', () => {
  const damages: [string, (made: Hooked) => void][] = [
    ['the folder of hooks is gone', (made) => rmSync(made.layout.hooks, { recursive: true })],
    ['one hook is gone', (made) => rmSync(join(made.layout.hooks, 'post-commit'))],
    ['the included settings are gone', (made) => rmSync(made.layout.hooksConfig)],
    ['the include was taken out of the configuration', (made) => { made.git(['config', '--remove-section', 'includeIf.gitdir:./worktrees/*']); }],
    ['another tool wrote a core.hooksPath behind the include', (made) => { made.write({ config: `${config(made)}[core]\n\thooksPath = .husky/_\n` }, join(made.repo, '.git')); }],
  ];
  test.each(damages)('%s', async (_name, damage) => {
    const made = await hooked(['glm']);
    damage(made);
    expect(fires(made)).toBe(false);
    expect((await anyCommand(made)).join()).toContain('they are again');
    expect(fires(made)).toBe(true);
    expect(await anyCommand(made)).toEqual([]);
  });
});

test('a hook that lost its permission, was emptied by another tool or belongs to an older version is put right', async () => {
  const made = await hooked(['glm']);
  chmodSync(join(made.layout.hooks, 'post-commit'), 0o644);
  expect(fires(made)).toBe(false);
  await anyCommand(made);
  expect(fires(made)).toBe(true);
  made.write({ 'post-commit': '#!/bin/sh\n' }, made.layout.hooks);
  await anyCommand(made);
  expect(fires(made)).toBe(true);
});

test('the policy follows the configuration', async () => {
  const made = await hooked(['glm'], { config: { overlaps: oneForAll('off') } });
  await anyCommand(made);
  expect(readFileSync(join(made.layout.root, 'policy'), 'utf8')).toBe('warn\n');
});

test('hooks that change git by being there exist where the repository has one, and go with it', async () => {
  const made = await hooked(['glm']);
  const ours = join(made.layout.hooks, 'reference-transaction');
  expect(existsSync(ours)).toBe(false);
  script(join(made.repo, '.git/hooks/reference-transaction'), `#!/bin/sh\necho "$1" >>'${join(made.folder, 'ran')}'\n`);
  await anyCommand(made);
  fires(made);
  expect(readFileSync(join(made.folder, 'ran'), 'utf8')).toContain('committed');
  rmSync(join(made.repo, '.git/hooks/reference-transaction'));
  expect(await anyCommand(made)).toEqual([]);
  expect(existsSync(ours)).toBe(false);
});

test('a repository that was moved keeps its include, and the next command mends the rest', async () => {
  const made = await hooked(['glm']);
  const moved = { ...made, repo: join(made.folder, 'moved'), layout: layoutOf(join(made.folder, 'moved/.git'), join(made.folder, 'moved')) };
  renameSync(made.repo, moved.repo);
  const git: typeof made.git = (args, options) => made.git(args, { cwd: moved.repo, ...options });
  git(['worktree', 'repair', made.worktree('glm')]);
  expect((await anyCommand(moved)).join()).toContain('they are again');
  expect(fires({ ...moved, git })).toBe(true);
});

test('a bare repository gives its worktrees hooks too', async () => {
  const made = await hooked([]);
  const bare = join(made.folder, 'bare.git');
  made.git(['clone', '-q', '--bare', made.repo, bare]);
  const inBare = await hooked(['glm'], { made: { ...made, repo: bare, git: (args, options) => made.git(args, { cwd: bare, ...options }) } });
  expect(fires(inBare)).toBe(true);
});

test('worktree add says where the repository\'s own hooks cannot run, and not where the set-up makes their folder', () => {
  const made = team();
  made.git(['config', 'core.hooksPath', '.husky/_']);
  script(join(made.repo, '.husky/_/pre-commit'), '#!/bin/sh\n');
  expect(expectDone(made.aiteam(['worktree', 'add', 'glm'])).stderr).toContain('.husky/_ is not there');
  made.git(['add', '.husky']);
  made.git(['commit', '-q', '-m', 'husky']);
  expect(expectDone(made.aiteam(['worktree', 'add', 'claude'])).stderr).not.toContain('.husky');
});

describe('inspection names', () => {
  test('nothing where all is well', async () => {
    expect(await findings(await hooked(['glm']))).toEqual([]);
  });

  test('missing files, changed ones and a displaced include', async () => {
    const made = await hooked(['glm']);
    rmSync(join(made.layout.hooks, 'post-commit'));
    expect(await findings(made)).toEqual(['damaged: missing: post-commit']);
    await anyCommand(made);
    made.write({ 'pre-commit.old': '', 'pre-commit': `${'#'.repeat(statSync(join(made.layout.hooks, 'pre-commit')).size)}` }, made.layout.hooks);
    expect(await findings(made)).toEqual(['damaged: not as this version has them: pre-commit']);
  });

  test('an agent\'s worktree in which another core.hooksPath wins', async () => {
    const made = await hooked(['glm', 'claude']);
    made.git(['config', 'extensions.worktreeConfig', 'true']);
    made.git(['config', '--worktree', 'core.hooksPath', '/elsewhere'], { cwd: made.worktree('glm') });
    expect(await findings(made)).toEqual([expect.stringMatching(/^overruled: in .*\/glm git runs the hooks of \/elsewhere instead of aiteam's/)]);
  });

  test('a worktree without the folder of hooks that husky makes', async () => {
    const made = await hooked(['glm', 'claude']);
    made.git(['config', 'core.hooksPath', '.husky/_']);
    script(join(made.repo, '.husky/_/pre-commit'), '#!/bin/sh\n');
    script(join(made.worktree('claude'), '.husky/_/pre-commit'), '#!/bin/sh\n');
    expect(await findings(made)).toEqual([expect.stringMatching(/^own-hooks-absent: the repository's own hooks do not run in .*\/glm: \.husky\/_ is not there$/)]);
  });

  test('what a refresh in the background failed at', async () => {
    const made = await hooked(['glm']);
    made.write({ 'refresh-failed': 'the disk is full\n' }, made.layout.root);
    expect(await findings(made)).toEqual(['refresh-failed: the refresh that commits start failed: the disk is full']);
  });
});
