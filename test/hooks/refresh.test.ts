import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hooked, type Hooked } from '../support/agents.ts';
import { expectDone } from '../support/scratch.ts';

const LONG = { timeout: 30_000, interval: 50 };
const pid = (made: Hooked): string => join(made.layout.root, 'refresh.pid');

test('a commit has the views written in the background, by one process for many commits', async () => {
  const made = await hooked(['claude', 'glm'], { refresh: true });
  const pids = new Set<string>();
  for (let count = 0; count < 5; count += 1) {
    made.commit({ a: `${count}` }, 'one\n\nHandoff-To: claude\nHandoff-Note: see there', made.worktree('glm'));
    if (existsSync(pid(made))) pids.add(readFileSync(pid(made), 'utf8'));
  }
  const handoffs = join(made.layout.views, 'handoff.md');
  await vi.waitUntil(() => existsSync(handoffs) && readFileSync(handoffs, 'utf8').includes('@glm → @claude') && !existsSync(pid(made)), LONG);
  expect(pids.size).toBeLessThan(5);
  expect(existsSync(join(made.layout.root, 'refresh-failed'))).toBe(false);
});

test('a refresh that was killed does not keep the next one away', async () => {
  const made = await hooked(['glm'], { refresh: true });
  made.write({ 'refresh.pid': '4194304\n' }, made.layout.root);
  made.commit({ a: '1' }, 'one', made.worktree('glm'));
  await vi.waitUntil(() => existsSync(join(made.layout.views, 'status.json')) && !existsSync(pid(made)), LONG);
});

test('a refresh that fails leaves a word for doctor, and one in a repository that was deleted meanwhile none', async () => {
  const made = await hooked(['glm']);
  made.write({ '.aiteam.yaml': 'version: 99\n' });
  expectDone(made.aiteam(['refresh', '--background'], { cwd: join(made.repo, '.git') }));
  expect(readFileSync(join(made.layout.root, 'refresh-failed'), 'utf8')).toContain('.aiteam.yaml');
  rmSync(join(made.repo, '.aiteam.yaml'));
  expectDone(made.aiteam(['refresh', '--background'], { cwd: join(made.repo, '.git') }));
  expect(existsSync(join(made.layout.root, 'refresh-failed'))).toBe(false);
  rmSync(made.layout.root, { recursive: true });
  expectDone(made.aiteam(['refresh', '--background'], { cwd: join(made.repo, '.git') }));
  expect(existsSync(made.layout.root)).toBe(false);
});

test('it notices a folder of own hooks that an included file of the configuration names', async () => {
  const made = await hooked(['glm']);
  made.write({ 'more.gitconfig': '[core]\n\thooksPath = /elsewhere\n' }, made.folder);
  made.write({ '.git/config': `[include]\n\tpath = ${join(made.folder, 'more.gitconfig')}\n${made.read('.git/config')}` });
  expectDone(made.aiteam(['refresh']));
  expect(readFileSync(join(made.layout.root, 'chain'), 'utf8')).toBe('/elsewhere\n');
});
