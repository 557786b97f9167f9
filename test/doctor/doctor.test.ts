import { readlinkSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Finding {
  readonly check: string;
  readonly level: 'good' | 'warning' | 'problem';
  readonly message: string;
  readonly mended: boolean;
}

const findings = (made: Scratch, args: string[] = [], code = 0): Finding[] =>
  (JSON.parse(expectDone(made.aiteam(['doctor', '--json', ...args]), code).stdout) as { findings: Finding[] }).findings;
const wrong = (found: Finding[]): string[] => found.filter(({ level, check }) => level !== 'good' && check !== 'tmux').map(({ check }) => check);

/** The process namespace of this test, as owners name it; none outside of Linux. */
function namespaceHere(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

describe('doctor', () => {
  it('a team in order: nothing wrong, exit 0', () => {
    expect(wrong(findings(team('glm')))).toEqual([]);
  });

  it('core.hooksPath set in the worktree\'s own configuration: the probe sees that our hooks do not fire', () => {
    const made = team('glm');
    made.git(['config', 'extensions.worktreeConfig', 'true']);
    made.git(['config', '--worktree', 'core.hooksPath', '/dev/null'], { cwd: made.worktree('glm') });
    expect(findings(made, [], 3).some(({ check, message }) => check === 'hooks' && message.includes(made.worktree('glm')))).toBe(true);
  });

  it('a budget whose agent is mistyped: said, with whom it may mean', () => {
    const made = team('glm');
    const config = made.read('.aiteam.yaml');
    const withBudget = (agent: string): Finding[] => {
      made.write({ '.aiteam.yaml': `${config}\nbudgets: { agents: { ${agent}: { amount: 5 } } }\n` });
      return findings(made);
    };
    expect(withBudget('glm').filter(({ check }) => check === 'budgets')).toEqual([]);
    expect(withBudget('gml').filter(({ check }) => check === 'budgets')).toMatchObject([{ level: 'warning', message: expect.stringContaining('"gml"'), hints: ['did you mean glm?'] }]);
  });

  it('core.bare set by a mishap: said, and mended with --fix', () => {
    const made = team('glm');
    made.git(['config', 'core.bare', 'true']);
    expect(wrong(findings(made, [], 3))).toContain('settings');
    expect(findings(made, ['--fix']).filter(({ mended }) => mended).map(({ check }) => check)).toContain('settings');
    expect(made.git(['rev-parse', '--is-bare-repository'])).toBe('false');
  });

  it('a setting that starts a program and is new: named, and known once a person accepts it', () => {
    const made = team('glm');
    made.git(['config', 'filter.evil.smudge', 'touch /tmp/never'], { cwd: made.worktree('glm') });
    expect(findings(made).some(({ level, message }) => level === 'warning' && message.includes('filter.evil.smudge'))).toBe(true);
    expect(made.aiteam(['doctor', '--accept-settings'], { cwd: made.worktree('glm') }).code).toBe(1);
    expect(wrong(findings(made, ['--accept-settings']))).toEqual([]);
  });

  it('a worktree moved by hand: named with the command that repairs it', () => {
    const made = team('glm');
    renameSync(made.worktree('glm'), `${made.worktree('glm')}-moved`);
    const out = expectDone(made.aiteam(['doctor']), 3);
    expect(out.stdout).toContain('aiteam worktree repair');
  });

  it('a repository moved by hand: each worktree is named with the command that connects it, which then does so', () => {
    const made = team('glm');
    const cwd = join(made.folder, 'moved');
    renameSync(made.repo, cwd);
    const out = expectDone(made.aiteam(['doctor'], { cwd }), 3);
    expect(out.stdout).toMatch(new RegExp(`^problem worktrees +${made.worktree('glm')} does not lead to this repository any more.*\\n +hint: aiteam worktree repair$`, 'm'));
    expect(expectDone(made.aiteam(['status'], { cwd })).stdout).toMatch(/^next: aiteam doctor$/m);
    expect(made.aiteam(['status'], { cwd: made.worktree('glm') }).stderr).toMatch(/the repository was moved or deleted\nhint: .*aiteam worktree repair/);
    expectDone(made.aiteam(['worktree', 'repair'], { cwd }));
    expectDone(made.aiteam(['doctor'], { cwd }));
    expect(made.read('.ai-coordinator/status.json', made.worktree('glm'))).toContain('"version"');
  });

  it('a configuration with mistakes in it: every one is listed, and what does not need it is looked at and mended', () => {
    const made = team('glm');
    made.write({ '.aiteam.yaml': 'version: 1\nfoo: 1\nbar: 2\n' });
    rmSync(join(made.worktree('glm'), '.ai-coordinator'));
    const found = findings(made, ['--fix'], 3);
    expect(found.find(({ check }) => check === 'configuration')).toMatchObject({ level: 'problem', message: expect.stringMatching(/^\.aiteam\.yaml:2:1: .*\n\.aiteam\.yaml:3:1: /) });
    expect(found.find(({ check }) => check === 'worktrees')).toMatchObject({ mended: true });
    expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(['git', 'settings', 'hooks', 'state']));
    expect(expectDone(made.aiteam(['doctor']), 3).stdout).toMatch(/^problem configuration +\.aiteam\.yaml:2:1: .*\n +\.aiteam\.yaml:3:1: /m);
  });

  it('a check that cannot be made, and a mend that fails: findings, and the others are made', () => {
    const made = team('glm');
    // Seen to fail where a mend that throws is not caught: the lock on the configuration ended the command with exit 1.
    made.git(['config', 'core.bare', 'true']);
    writeFileSync(join(made.repo, '.git', 'config.lock'), '');
    const found = findings(made, ['--fix'], 3);
    expect(found.find(({ check }) => check === 'settings')).toMatchObject({ level: 'problem', mended: false });
    expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(['hooks', 'worktrees', 'state', 'views']));
  });

  it('an old index.lock: named with its age and the command that removes it', () => {
    const made = team('glm');
    const lock = join(made.repo, '.git', 'index.lock');
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    expect(expectDone(made.aiteam(['doctor']), 3).stdout).toContain(`rm ${lock}`);
  });

  it('a mutex left by a dead process: said, and freed with --fix; one of another host is left alone', () => {
    const made = team('glm');
    const hold = (host: string): void => {
      const owner = JSON.stringify({ host, boot: 'an earlier boot', namespace: namespaceHere(), pid: 1, started: '', command: 'aiteam integrate', since: 0 });
      made.git(['update-ref', 'refs/aiteam/lock/coordinator', made.git(['hash-object', '-w', '--stdin'], { input: owner })]);
    };
    hold('elsewhere');
    expect(wrong(findings(made))).toEqual([]);
    hold(hostname());
    expect(wrong(findings(made))).toEqual(['state']);
    findings(made, ['--fix']);
    expect(made.git(['for-each-ref', 'refs/aiteam/lock'])).toBe('');
  });

  it('a link to the views that was deleted is made again', () => {
    const made = team('glm');
    rmSync(join(made.worktree('glm'), '.ai-coordinator'));
    findings(made, ['--fix']);
    expect(made.read('.ai-coordinator/status.json', made.worktree('glm'))).toContain('"version"');
  });

  it('--as names what a sandbox must let the agent write, and probes the hooks in its environment', () => {
    const made = team('glm');
    const found = findings(made, ['--as', 'glm']);
    for (const path of [made.worktree('glm'), join(made.repo, '.git', 'objects'), join(made.repo, '.git', 'aiteam')]) {
      expect(found.some(({ message }) => message.includes(path))).toBe(true);
    }
    expect(found.some(({ message }) => message.includes('hooks fire'))).toBe(true);
  });
});
