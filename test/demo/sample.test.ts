import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratch } from '../support/scratch.ts';

const SAMPLE = fileURLToPath(new URL('../../scripts/sample/', import.meta.url));

test('the sample project passes its own tests at every commit of its history, whose dates are fixed', () => {
  const { folder, env, git } = scratch();
  const cwd = join(folder, 'splitbill');
  execFileSync(join(SAMPLE, 'make-repository.sh'), [cwd], { env });
  const commits = git(['log', '--reverse', '--format=%H %cI'], { cwd }).split('\n').map((line) => line.split(' '));
  expect(commits.map(([, date]) => date)).toEqual(['2026-01-05T09:00:00+00:00', '2026-01-06T09:00:00+00:00', '2026-01-07T09:00:00+00:00', '2026-01-08T09:00:00+00:00']);
  for (const [commit = ''] of commits) {
    git(['checkout', '-q', commit], { cwd });
    execFileSync(process.execPath, ['--test'], { cwd, env });
  }
});
