import { describe, expect, it } from 'vitest';
import { expectDone, team, type Finished, type Scratch } from '../support/scratch.ts';

/** A team of one whose branch is ready to land and whose configuration has these gates. */
function withGates(gates: string): Scratch {
  const made = team('glm');
  const config = made.read('.aiteam.yaml').replace(/^gates:.*$(\n(?=[ #-]).*$)*/m, '');
  made.write({ '.aiteam.yaml': `${config}\ngates:\n${gates}\n` });
  made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
  return made;
}

const approved = (made: Scratch): Scratch => {
  expectDone(made.aiteam(['trust', '--yes']));
  return made;
};

interface Gates {
  readonly landing: object | null;
  readonly gates: { name: string; verdict: string; reason: string | null; cached: boolean; tail: string[] }[];
}

const json = (finished: Finished): Gates => JSON.parse(finished.stdout) as Gates;

describe('gates', () => {
  it('not approved: nothing runs, nothing lands, the next command is named', () => {
    const made = withGates('  - {name: test, run: "touch ran"}');
    const refused = made.aiteam(['integrate']);
    expect([refused.code, refused.stderr.includes('aiteam trust')]).toEqual([1, true]);
  });

  it('passed: it saw the merged tree, in a worktree of its own', () => {
    const made = approved(withGates('  - {name: test, run: "test -f glm.txt && test -f app.txt && pwd"}'));
    const landed = json(expectDone(made.aiteam(['integrate', '--json'])));
    expect(landed.gates).toMatchObject([{ name: 'test', verdict: 'passed', cached: false }]);
    expect(landed.landing).not.toBeNull();
    expect(made.git(['worktree', 'list'])).toContain('aiteam-gate');
    expect(made.aiteam(['worktree', 'list']).stdout).not.toContain('aiteam-gate');
  });

  // Each was seen to land when the verdict only looked at "exit 0 or not run".
  it.each([
    ['exit 1', 'echo boom; exit 1', 'failed'],
    ['exit 127', 'no-such-command-anywhere', 'could-not-run'],
    ['exit 126', './README.md', 'could-not-run'],
    ['a signal', 'kill -9 $$', 'could-not-run'],
    ['a tracked file changed', 'echo x >> app.txt', 'failed'],
  ])('%s is not a pass: nothing lands', (_name, run, verdict) => {
    const made = approved(withGates(`  - {name: test, run: '${run}'}`));
    const main = made.git(['rev-parse', 'main']);
    const red = json(expectDone(made.aiteam(['integrate', '--json']), 3));
    expect(red).toMatchObject({ landing: null, gates: [{ verdict }] });
    expect(made.git(['rev-parse', 'main'])).toBe(main);
  });

  it('a time limit ends it and all that it started', () => {
    const made = approved(withGates('  - {name: test, run: "sleep 600 & sleep 600", timeout: 1s}'));
    expect(json(expectDone(made.aiteam(['integrate', '--json']), 3))).toMatchObject({ landing: null, gates: [{ verdict: 'could-not-run' }] });
  });

  it('red: says which command failed, with the end of its output, escaped', () => {
    const made = approved(withGates('  - {name: test, run: "printf \'\\\\033[31mboom\\\\n\'; exit 1"}'));
    const red = made.aiteam(['integrate']);
    expect(red.code).toBe(3);
    expect(red.stdout).toContain('\\x1b[31mboom');
    expect(red.stdout).not.toContain('\u001b');
  });

  it('a pass is remembered for the same tree and command', () => {
    const made = approved(withGates('  - {name: test, run: "true"}\n  - {name: second, run: "exit 1"}'));
    json(expectDone(made.aiteam(['integrate', '--json']), 3));
    expect(json(expectDone(made.aiteam(['integrate', '--json']), 3)).gates).toMatchObject([{ name: 'test', verdict: 'passed', cached: true }, { verdict: 'failed', cached: false }]);
  });

  it('none configured: the output says that nothing was tested', () => {
    const made = team('glm');
    made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
    expect(expectDone(made.aiteam(['integrate'])).stdout).toContain('no gate is configured');
  });
});
