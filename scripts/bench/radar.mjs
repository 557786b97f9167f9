// Who collides with whom, beside the bare git commands that it needs.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, ratio, wallMs } from './measure.mjs';
import { against, heading, times } from './report.mjs';
import { scene, write } from './scene.mjs';

/** Looks at every worktree, makes a commit of those that are dirty, and merges every two and each with main. */
const BARE = `
  main=$(git rev-parse main) pairs= seen=$main
  for folder; do
    cd "$folder" || exit 1
    work=$(git rev-parse HEAD)
    if [ -n "$(git status --porcelain -uall)" ]; then
      cp -p "$(git rev-parse --git-dir)/index" "$BENCH_INDEX"
      export GIT_INDEX_FILE="$BENCH_INDEX"
      git add -A && work=$(git commit-tree -p "$work" -m work "$(git write-tree)")
      unset GIT_INDEX_FILE
    fi
    for other in $seen; do pairs="$pairs$other $work
"; done
    seen="$seen $work"
  done
  printf %s "$pairs" | git merge-tree --write-tree --stdin -z --messages >/dev/null`;

export function radar(rounds) {
  heading('radar: 20 agents, 190 pairs and main, 10,000 files, half of the worktrees dirty');
  const twenty = dirtyScene(10_000, 20);
  const { bare, ours } = inTurn(Math.min(rounds, 9), { bare: () => wallMs(() => bareGit(twenty, twenty.agents)), ours: () => wallMs(() => twenty.place.aiteam(['overlaps'])) });
  times('the bare git commands', bare);
  times('aiteam overlaps', ours);
  against('aiteam overlaps / the bare git commands', ratio(ours, bare), '×', 2);

  heading('radar: 50 agents, 1,225 pairs and main, 2,000 files, beside 10 of them');
  const fifty = dirtyScene(2000, 50);
  const few = fifty.agents.slice(0, 10);
  const grown = inTurn(Math.min(rounds, 5), {
    bare: () => wallMs(() => bareGit(fifty, fifty.agents)),
    ten: () => wallMs(() => fifty.place.aiteam(['overlaps', ...few])),
    fifty: () => wallMs(() => fifty.place.aiteam(['overlaps'])),
  });
  times('the bare git commands for 50', grown.bare);
  times('aiteam overlaps of 10 of them', grown.ten);
  times('aiteam overlaps', grown.fifty);
  against('50 agents / the bare git commands', ratio(grown.fifty, grown.bare), '×', 2);

  heading('radar: 4 agents, 100,000 files, beside 10,000');
  const [small, large] = [dirtyScene(10_000, 4), dirtyScene(100_000, 4)];
  const sizes = inTurn(Math.min(rounds, 3), {
    bare: () => wallMs(() => bareGit(large, large.agents)),
    small: () => wallMs(() => small.place.aiteam(['overlaps'])),
    large: () => wallMs(() => large.place.aiteam(['overlaps'])),
  });
  times('the bare git commands for 100,000', sizes.bare);
  times('aiteam overlaps, 10,000 files', sizes.small);
  times('aiteam overlaps, 100,000 files', sizes.large);
  against('100,000 files / the bare git commands', ratio(sizes.large, sizes.bare), '×', 2);
}

/** Every agent has a commit of its own; every second one is dirty, and each meets its neighbour in a file. */
function dirtyScene(files, count) {
  const agents = Array.from({ length: count }, (_, index) => `agent${String(index).padStart(2, '0')}`);
  const place = scene({ files, agents });
  agents.forEach((agent, index) => {
    const cwd = place.worktree(agent);
    const shared = `d${Math.floor(index / 2)}/f${Math.floor(index / 2) * 50}.txt`;
    write(join(cwd, `own/${agent}.txt`), `by ${agent}\n`);
    appendFileSync(join(cwd, shared), `by ${agent}\n`);
    place.git(['add', '-A'], cwd);
    place.git(['commit', '-q', '-m', `work of ${agent}`], cwd);
    if (index % 2 === 0) write(join(cwd, `own/${agent}.txt`), `more by ${agent}\n`);
    if (index % 2 === 0) write(join(cwd, `own/${agent}-new.txt`), 'untracked\n');
  });
  place.settle();
  return { place, agents };
}

function bareGit({ place }, agents) {
  const env = { ...place.env, BENCH_INDEX: join(place.folder, 'bare-index'), GIT_OPTIONAL_LOCKS: '0' };
  place.run('/bin/sh', ['-c', BARE, 'sh', ...agents.map(place.worktree)], { env });
}
