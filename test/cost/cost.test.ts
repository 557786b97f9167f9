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

  it('says what kind of time it expects, and which fields', () => {
    const made = scratch();
    for (const time of ['yesterday', '2026-02-30', '2026-1-1', '5', '-1d']) expect(expectDone(made.aiteam(['cost', `--since=${time}`]), 2).stderr).toContain('a time is expected, such as 2h');
    expect(expectDone(made.aiteam(['cost', '--by', 'moon']), 2).stderr).toContain('agent, model, task');
    expect(expectDone(made.aiteam(['cost', '--since', '2026-01-15T10:30']), 1).stderr).toContain('aiteam init');
  });
});
