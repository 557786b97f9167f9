import { describe, expect, it } from 'vitest';
import { expectDone, team } from '../support/scratch.ts';

describe('aiteam assign', () => {
  it('gives a task and files, in the place of what the agent had, and takes them away', () => {
    const made = team('claude', 'glm');
    const assignments = (): unknown[] => (JSON.parse(made.read('.ai-coordinator/assignments.json')) as { assignments: unknown[] }).assignments;
    expectDone(made.aiteam(['assign', 'glm', 'write the parser', '--files', 'src/parser.ts', 'app.txt']));
    expect(assignments()).toMatchObject([{ agent: 'claude', task: null, files: [] }, { agent: 'glm', task: 'write the parser', files: ['app.txt', 'src/parser.ts'] }]);
    expect(JSON.parse(made.read('.ai-coordinator/status.json'))).toMatchObject({ current_task: 'write the parser' });
    made.commit({ 'app.txt': 'claude\n' }, 'not its own', made.worktree('claude'));
    const again = expectDone(made.aiteam(['assign', 'glm', 'test\u001b[2J it', '--files', 'test.ts'], { cwd: made.worktree('claude') }));
    expect(again.stdout).toBe('glm works on: test\\x1b[2J it\nbefore: write the parser\nits files: test.ts\n');
    expect(assignments()).toMatchObject([{ agent: 'claude', files: ['app.txt'] }, { agent: 'glm', files: ['test.ts'] }]);
    expect(made.aiteam(['log', 'glm']).stdout).toContain('glm works on: test\\x1b[2J it (test.ts)\n');
    expect(JSON.parse(expectDone(made.aiteam(['assign', 'glm', '--clear', '--json'])).stdout)).toEqual({ version: 1, agent: 'glm', task: null, files: [], before: 'test\u001b[2J it' });
    expect(assignments()).toMatchObject([{}, { agent: 'glm', task: null, files: [] }]);
  });

  it('needs an agent that is here, and a task or --clear', () => {
    const made = team('glm');
    expectDone(made.aiteam(['assign', 'qwen', 'x']), 1);
    for (const args of [['glm'], ['glm', 'x', '--clear'], ['glm', ' '], ['glm', '--clear', '--files', 'a']]) expectDone(made.aiteam(['assign', ...args]), 2);
  });
});
