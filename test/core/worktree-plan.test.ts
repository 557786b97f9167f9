import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AiteamError } from '../../src/core/errors.ts';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import { planAdd, type AddFacts, type RegisteredWorktree } from '../../src/core/worktree-plan.ts';

const TIP = 'a'.repeat(40) as CommitId;
const OTHER = 'b'.repeat(40) as CommitId;
const HERE = '/w/glm';

const facts = (over: Partial<AddFacts> = {}): AddFacts => ({
  agent: 'glm' as AgentId, path: HERE, pathGiven: false, pathHolds: 'nothing', branch: 'feature/glm', branchGiven: false, start: TIP, startGiven: false,
  target: 'main', branches: new Map([['main', TIP]]), worktrees: [worktree({ path: '/repo', branch: 'main' })], known: null, taken: new Map(), movedTo: null, ...over,
});

const worktree = (over: Partial<RegisteredWorktree>): RegisteredWorktree => ({ path: HERE, branch: 'feature/glm', missing: false, locked: false, ...over });

function codeOf(over: Partial<AddFacts>): string {
  try {
    return planAdd(facts(over)).kind;
  } catch (error) {
    if (error instanceof AiteamError) return error.code;
    throw error;
  }
}

describe('what adding a worktree takes', () => {
  it('a branch at the start, or the one that exists', () => {
    expect(planAdd(facts())).toEqual({ kind: 'make', path: HERE, branch: 'feature/glm', newBranch: TIP, forgetFirst: false });
    expect(planAdd(facts({ branches: new Map([['main', TIP], ['feature/glm', OTHER]]) }))).toMatchObject({ kind: 'make', newBranch: null });
    expect(codeOf({ branches: new Map([['feature/glm', OTHER]]), startGiven: true })).toBe('branch-exists');
    expect(codeOf({ branches: new Map([['feature/glm', TIP]]), startGiven: true })).toBe('make');
  });

  it('nothing where the agent has one, unless another branch or folder is asked for', () => {
    const known = { branch: 'feature/glm', worktree: HERE };
    expect(codeOf({ known, worktrees: [worktree({})] })).toBe('existing');
    expect(codeOf({ known, worktrees: [worktree({ branch: null })] })).toBe('existing');
    expect(codeOf({ known, worktrees: [worktree({})], branchGiven: true, branch: 'x' })).toBe('agent-exists');
    expect(codeOf({ known, worktrees: [worktree({})], pathGiven: true, path: '/elsewhere' })).toBe('agent-exists');
  });

  it('forgetting first what is registered there and gone, unless it was moved or is locked', () => {
    expect(planAdd(facts({ worktrees: [worktree({ missing: true })] }))).toMatchObject({ kind: 'make', forgetFirst: true });
    expect(codeOf({ worktrees: [worktree({ missing: true, locked: true })] })).toBe('worktree-locked');
    expect(codeOf({ worktrees: [worktree({ missing: true })], movedTo: '/w/moved' })).toBe('worktree-moved');
    expect(codeOf({ known: { branch: 'feature/glm', worktree: '/old' }, worktrees: [worktree({ path: '/old', missing: true })] })).toBe('worktree-missing');
  });

  it('no folder and no branch that is somebody else\'s', () => {
    expect(codeOf({ worktrees: [worktree({})] })).toBe('take-over');
    expect(codeOf({ worktrees: [worktree({ branch: 'x' })] })).toBe('path-in-use');
    expect(codeOf({ pathHolds: 'something' })).toBe('path-in-use');
    expect(codeOf({ pathHolds: 'an empty folder' })).toBe('make');
    expect(codeOf({ worktrees: [worktree({ path: '/w/other' })] })).toBe('branch-checked-out');
    expect(codeOf({ branch: 'main' })).toBe('branch-is-target');
    expect(codeOf({ taken: new Map([['feature/glm', 'claude' as AgentId]]) })).toBe('branch-taken');
  });

  it('a branch that can stand beside every other: as files and folders, refs are paths', () => {
    const part = fc.constantFrom('a', 'b', 'ab');
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(fc.property(name, fc.uniqueArray(name, { maxLength: 6 }), (branch, others) => {
      fc.pre(!others.includes(branch));
      const clash = others.some((other) => isFolderOf(other, branch) || isFolderOf(branch, other));
      expect(codeOf({ branch, branches: new Map(others.map((other) => [other, TIP])) })).toBe(clash ? 'branch-in-the-way' : 'make');
    }));
  });
});

/** Part by part, as a file system sees it. */
function isFolderOf(folder: string, path: string): boolean {
  const [a, b] = [folder.split('/'), path.split('/')];
  return a.length < b.length && a.every((part, index) => part === b[index]);
}
