import { describe, expect, it } from 'vitest';
import type { BlobId, RepoPath } from '../../src/core/ids.ts';
import { settledMode, settledPath, type StagedVersion } from '../../src/core/settled-path.ts';
import { parseTake, takeOf, takeText } from '../../src/core/take.ts';

const names = { agent: 'glm', target: 'main', other: 'deepseek' };
const at = (stage: 1 | 2 | 3, path = 'a', mode = '100644'): StagedVersion => ({ stage, mode, path: path as RepoPath, blob: String(stage).repeat(40) as BlobId });
const a = 'a' as RepoPath;

describe('a take', () => {
  it.each([
    ['glm', ['agent']], ['main', ['target']], ['deepseek', ['target']], ['glm,main', ['agent', 'target']], ['main, glm', ['target', 'agent']],
    ['glm,glm', null], ['main,deepseek', null], ['', null], [',', null], ['ours', null], ['glm,main,glm', null],
  ])('%s', (typed, take) => { expect(parseTake(typed, names)).toEqual(take); });

  it('knows a branch by its whole name, commas and all', () => {
    const odd = { ...names, target: 'a,b' };
    expect(parseTake('a,b', odd)).toEqual(['target']);
    expect(parseTake('glm,a,b', odd)).toEqual(['agent', 'target']);
    expect(parseTake('a,b,glm', odd)).toEqual(['target', 'agent']);
    expect(takeText(['agent', 'target'], odd)).toBe('glm,a,b');
  });

  it('is read back from words, and nothing else is', () => {
    expect(takeOf(['agent', 'target'])).toEqual(['agent', 'target']);
    for (const words of [[], ['glm'], ['agent', 'agent'], ['agent', 'target', 'agent']]) expect(takeOf(words)).toBeNull();
  });
});

describe('a side\'s state at a path', () => {
  it('is its version, or nothing where it has none', () => {
    expect(settledPath(a, [at(1), at(3)], ['agent'])).toEqual([{ path: 'a', entry: { mode: '100644', blob: '3'.repeat(40) } }]);
    expect(settledPath(a, [at(1), at(3)], ['target'])).toEqual([{ path: 'a', entry: null }]);
  });

  it('is at the path itself, and what git put aside goes', () => {
    expect(settledPath(a, [at(2, 'a~1'), at(3)], ['target'])).toEqual([{ path: 'a~1', entry: null }, { path: 'a', entry: { mode: '100644', blob: '2'.repeat(40) } }]);
    // Where the other side has a folder there, that stays.
    expect(settledPath(a, [at(2, 'a~1')], ['agent'])).toEqual([{ path: 'a~1', entry: null }]);
  });

  it('is nobody\'s choice where neither has anything there, and unknown without a take, with two, or with two versions', () => {
    expect(settledPath(a, [at(1)], null)).toEqual([{ path: 'a', entry: null }]);
    expect(settledPath(a, [at(1), at(3)], null)).toBeNull();
    expect(settledPath(a, [at(2), at(3)], ['agent', 'target'])).toBeNull();
    expect(settledPath(a, [at(3), at(3, 'a~1')], ['agent'])).toBeNull();
    expect(settledPath(a, [], ['agent'])).toBeNull();
  });

  it('two modes: the merged one where one side kept the base\'s, else that of the only side that is taken', () => {
    const modes = (...[base, target, agent]: (string | null)[]): StagedVersion[] => [base, target, agent].flatMap((mode, index) => (mode == null ? [] : [at((index + 1) as 1 | 2 | 3, 'a', mode)]));
    expect(settledMode('100755', modes('100644', '100755', '100644'), [['agent']])).toBe('100755');
    expect(settledMode('100644', modes(null, '100644', '100755'), [['agent'], ['agent', 'target']])).toBe('100755');
    expect(settledMode('100644', modes(null, '100644', '100755'), [['agent'], ['target']])).toBeNull();
  });
});
