import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../src/git/repository.ts';
import { usualTarget } from '../../src/git/usual-target.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

const find = async (made: Scratch, cwd = made.repo) => usualTarget(await openRepository(cwd, made.env));

describe('the usual target', () => {
  it('is the only branch with a usual name, whatever is checked out', async () => {
    const made = scratch();
    made.git(['switch', '-q', '-c', 'something']);
    expect(await find(made)).toEqual({ kind: 'found', branch: 'main', why: 'only one' });
  });

  it('is unclear where two have one', async () => {
    const made = scratch();
    made.git(['branch', 'develop']);
    expect(await find(made)).toEqual({ kind: 'several', branches: ['main', 'develop'] });
  });

  it('is what origin/HEAD names, where that is a branch here', async () => {
    const made = scratch();
    made.git(['branch', 'release']);
    made.git(['branch', 'develop']);
    made.git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/release']);
    expect(await find(made)).toEqual({ kind: 'found', branch: 'release', why: 'origin' });
    made.git(['branch', '-D', '-q', 'release']);
    expect(await find(made)).toEqual({ kind: 'several', branches: ['main', 'develop'] });
  });

  it("is a bare repository's HEAD", async () => {
    const made = scratch();
    made.git(['branch', 'develop']);
    made.git(['clone', '-q', '--bare', '--branch', 'develop', made.repo, join(made.folder, 'bare.git')]);
    expect(await find(made, join(made.folder, 'bare.git'))).toEqual({ kind: 'found', branch: 'develop', why: 'head' });
  });

  it('is none where no commit exists', async () => {
    const made = scratch();
    made.git(['init', '-q', '-b', 'main', join(made.folder, 'empty')]);
    expect(await find(made, join(made.folder, 'empty'))).toEqual({ kind: 'none' });
  });
});
