import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderCost } from '../../src/cli/render/cost.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import { readCost } from '../../src/operations/cost.ts';
import { claudeLine, writeTranscript } from '../support/client-records.ts';
import { expectDone, scratch, team } from '../support/scratch.ts';

const OPUS = 'claude-opus-4-5-20251101';

interface Printed {
  readonly rows: readonly Record<string, unknown>[];
  readonly total: Record<string, unknown>;
}

describe('aiteam cost', () => {
  it('sums up by agent, model and task what the clients recorded in the worktrees', async () => {
    const made = team('glm', 'claude');
    const home = made.env['HOME'] ?? '';
    const [later, now] = [new Date(Date.now() + 3_600_000).toISOString(), new Date(Date.now() + 1000).toISOString()];
    const costOf = (...args: string[]): Printed => JSON.parse(expectDone(made.aiteam(['cost', '--json', ...args])).stdout) as Printed;
    expect(expectDone(made.aiteam(['cost'])).stdout).toContain('nothing is recorded');
    expectDone(made.aiteam(['assign', 'glm', 'parse \u001b[31mred']));
    const million = { input: 1_000_000, output: 100_000 };
    writeTranscript(home, made.worktree('glm'), 'one', [
      claudeLine(made.worktree('glm'), { id: 'a', at: '2020-01-01T00:00:00Z', model: 'glm-4.7', ...million }),
      claudeLine(made.worktree('glm'), { id: 'b', at: later, model: 'nobody\u001b[31m-knows', input: 5 }), '{{{',
    ]);
    writeTranscript(home, join(made.worktree('claude'), 'src'), 'two', [claudeLine(join(made.worktree('claude'), 'src'), { id: 'c', at: now, model: OPUS, ...million, cacheRead: 2_000_000 })]);
    writeTranscript(home, made.repo, 'three', [claudeLine(made.repo, { id: 'd', at: now, model: OPUS, output: 10 })]);

    const all = costOf();
    expect(all.rows.map(({ agent, model, usd }) => [agent, model, usd])).toEqual([
      ['claude', OPUS, 5 + 2.5 + 1], ['glm', 'glm-4.7', 0.6 + 0.22], ['glm', 'nobody\u001b[31m-knows', null], [null, OPUS, 0.00025],
    ]);
    expect(all.total).toMatchObject({ usd: 9.32025, atLeast: true, unpriced: ['nobody\u001b[31m-knows'], answers: 4 });
    expect(costOf('--by', 'agent').rows.map(({ agent, usd, atLeast }) => [agent, usd, atLeast])).toEqual([['claude', 8.5, false], ['glm', 0.82, true], [null, 0.00025, false]]);
    expect(costOf('--by', 'task').rows.map(({ task, answers }) => [task, answers])).toEqual([['parse \u001b[31mred', 1], [null, 3]]);
    expect(costOf('--by', 'model', '--since', '1d').rows.map(({ model }) => model)).toEqual([OPUS, 'nobody\u001b[31m-knows']);

    const shown = expectDone(made.aiteam(['cost'])).stdout;
    expect(shown).toBe([
      'agent   model                     input  from cache  output             cost',
      `claude  ${OPUS}   1.0M        2.0M    100k            $8.50`,
      'glm     glm-4.7                    1.0M           0    100k            $0.82',
      'glm     nobody\\x1b[31m-knows          5           0       0          unknown',
      `you     ${OPUS}      0           0      10  less than $0.01`,
      'all                                2.0M        2.0M    200k   at least $9.32',
      'no price is known of nobody\\x1b[31m-knows: put it below "prices" in .aiteam.yaml or your own configuration',
      '1 line of the records could not be read and is not counted',
      'list prices of 2026-11 where the configuration has none; a subscription or a discount is not taken into account', '',
    ].join('\n'));
    // The person's own file goes before the project's, and both before the list.
    made.write({ '.aiteam.yaml': 'version: 1\nprices: { claude-opus-4-5: { input: 1, output: 10 }, glm-4.7: { input: 7, output: 7 } }\n' });
    made.write({ 'config.yaml': 'version: 1\nprices: { glm-4.7: { input: 1, output: 1 } }\n' }, join(home, '.config', 'aiteam'));
    expect(costOf().rows.map(({ usd }) => usd)).toEqual([1 + 1 + 2, 1.1, null, 0.0001]);
    const narrow = renderCost(await readCost({ cwd: made.repo, env: made.env, narrate: () => undefined, confirm: null }, { since: null, by: ['agent'] }), { ...styleFor({}, {}), width: 40 });
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(narrow).toContain('glm\n  at least $1.10: input 1.0M, from cache\n  0, output 100k');
  });

  it('status shows what each agent and all of them have spent, and how much of a budget that is', () => {
    const made = team('glm', 'claude');
    const home = made.env['HOME'] ?? '';
    const now = new Date().toISOString();
    expect(JSON.parse(expectDone(made.aiteam(['status', '--json'])).stdout)).toMatchObject({ agents: [{ spending: null, budget: null, paused: null }, {}], team: { spending: null, budget: null } });
    made.write({ '.aiteam.yaml': 'version: 1\nbudgets: { team: { amount: 3 }, agents: { glm: { amount: 0.5, per: day, when_spent: stop }, claude: { amount: 1 } } }\n' });
    made.write({ 'config.yaml': 'version: 1\nbudgets: { agents: { claude: { amount: 50, per: month, when_spent: pause } } }\n' }, join(home, '.config', 'aiteam'));
    const answer = (id: string, at: string, model: string): string => claudeLine(made.worktree('glm'), { id, at, model, input: 1_000_000 });
    writeTranscript(home, made.worktree('glm'), 'one', [answer('a', '2020-01-01T00:00:00Z', 'glm-4.7'), answer('b', now, 'glm-4.7'), answer('c', now, 'nobody-knows')]);
    writeTranscript(home, made.worktree('claude'), 'two', [claudeLine(made.worktree('claude'), { id: 'd', at: now, model: OPUS, input: 400_000 })]);
    writeTranscript(home, made.repo, 'three', [claudeLine(made.repo, { id: 'e', at: now, model: OPUS, input: 1_000_000 })]);
    const shown = expectDone(made.aiteam(['status'])).stdout;
    expect(shown).toMatch(/^claude .*  \$2\.00 of \$50\.00 a month$/m);
    expect(shown).toMatch(/^glm .*  at least \$0\.60 of \$0\.50 a day$/m);
    expect(shown).toMatch(/^all agents: at least \$3\.20 of \$3\.00 altogether$/m);
    expect(JSON.parse(expectDone(made.aiteam(['status', '--json'])).stdout)).toMatchObject({
      agents: [
        { agent: 'claude', spending: { usd: 2, atLeast: false }, budget: { of: 'claude', amount: 50, per: 'month', whenSpent: 'pause', usd: 2, state: 'within', allowed: false } },
        { agent: 'glm', spending: { usd: 1.2, atLeast: true, unpriced: ['nobody-knows'] }, budget: { of: 'glm', amount: 0.5, usd: 0.6, atLeast: true, state: 'spent', since: expect.stringMatching(/T00:00:00/) } },
      ],
      team: { spending: { usd: 3.2, atLeast: true }, budget: { of: 'team', amount: 3, per: null, whenSpent: 'warn', since: null, state: 'spent' } },
    });
    // Whose it was stays known when the worktree is gone, and when it was moved.
    expectDone(made.aiteam(['worktree', 'remove', 'glm']));
    expect(JSON.parse(expectDone(made.aiteam(['status', '--json'])).stdout)).toMatchObject({ agents: [{ agent: 'claude' }], team: { spending: { usd: 3.2 } } });
  });

  it('says what kind of time it expects, and which fields', () => {
    const made = scratch();
    for (const time of ['yesterday', '2026-02-30', '2026-1-1', '5', '-1d']) expect(expectDone(made.aiteam(['cost', `--since=${time}`]), 2).stderr).toContain('a time is expected, such as 2h');
    expect(expectDone(made.aiteam(['cost', '--by', 'moon']), 2).stderr).toContain('agent, model, task');
    expect(expectDone(made.aiteam(['cost', '--since', '2026-01-15T10:30']), 1).stderr).toContain('aiteam init');
  });
});
