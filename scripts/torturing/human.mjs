// A human edits, stages and commits files of their own on main, in the checkout where landings arrive.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { write } from '../bench/scene.mjs';
import { removeGitsLocks } from './checkout.mjs';

const WAYS = { edit: 4, all: 2, only: 1, stage: 1, amendNothing: 1 };

export function humanAt(made, groups, random) {
  const acknowledged = [];
  const written = new Map();
  let number = 0;
  const gitDir = join(made.repo, '.git');
  const tidyUp = () => removeGitsLocks(gitDir, [join(gitDir, 'refs/heads/main.lock')]);
  const git = (...args) => groups.run('git', args, { cwd: made.repo });
  const edit = () => {
    number += 1;
    const file = `human/file${random.below(4)}.txt`;
    written.set(file, `human ${number}\n`);
    write(join(made.repo, file), written.get(file));
    return file;
  };
  const ways = {
    edit: () => null,
    all: () => git('commit', '-q', '-a', '-m', `human ${number}`),
    only: async (file) => (await git('add', file)).code === 0 ? git('commit', '-q', '--only', file, '-m', `human ${number}`) : null,
    stage: async (file) => void await git('add', file),
    amendNothing: () => git('commit', '-q', '--allow-empty', '-m', `human ${number}, nothing`),
  };
  return {
    acknowledged,
    /** The files that do not hold what the human wrote there last. */
    overwritten: () => [...written].filter(([file, text]) => read(join(made.repo, file)) !== text).map(([file]) => file),
    tidyUp,
    step: async () => {
      await sleep(random.below(1_000));
      const ended = await ways[random.weighted(WAYS)](edit());
      if (ended?.code !== 0) return tidyUp();
      // Its own line tells the commit from a landing that came right after it.
      const { stdout } = await groups.run('git', ['log', '-1', '--format=%H', '--fixed-strings', `--grep=human ${number}`, 'main'], { cwd: made.repo, safe: true });
      if (stdout.trim() !== '') acknowledged.push(stdout.trim());
    },
  };
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
