import { describe, expect, it } from 'vitest';
import { expectDone, scratch, team, type Finished } from '../support/scratch.ts';

const errorOf = (finished: Finished): unknown => JSON.parse(finished.stdout);

describe('an error with --json', () => {
  it('is a value on stdout with a code and hints, and text on stderr', () => {
    const made = team('glm');
    const refused = expectDone(made.aiteam(['worktree', 'path', 'gml', '--json']), 1);
    expect(errorOf(refused)).toEqual({ version: 1, error: { code: 'agent-unknown', message: 'there is no agent gml here', hints: ['did you mean glm?', expect.any(String)] } });
    expect(refused.stderr).toContain('error: there is no agent gml here\nhint: did you mean glm?\n');
  });

  it('is one too where the command line cannot be read', () => {
    const made = scratch();
    expect(errorOf(expectDone(made.aiteam(['status', '--json', '--nosuch']), 2))).toEqual({ version: 1, error: { code: 'usage', message: "unknown option '--nosuch'", hints: [] } });
    expect(errorOf(expectDone(made.aiteam(['stats', '--json']), 2))).toMatchObject({ error: { code: 'unknown-command', hints: ['did you mean: aiteam status', expect.any(String)] } });
    expect(expectDone(made.aiteam(['status', '--help', '--json'])).stdout).toContain('Usage:');
  });

  it('leaves stdout empty without it', () => {
    expect(expectDone(scratch().aiteam(['status']), 1).stdout).toBe('');
  });
});
