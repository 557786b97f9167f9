// Landing twenty branches, beside git's own merge and beside the plumbing that it cannot do without.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, ratio, wallMs } from './measure.mjs';
import { against, heading, times } from './report.mjs';
import { scene, write } from './scene.mjs';

const AGENTS = Array.from({ length: 20 }, (_, index) => `agent${String(index).padStart(2, '0')}`);

const MERGE_LOOP = 'for branch; do git merge -q --no-ff -m "merge $branch" "$branch" || exit 1; done';

const PLUMBING = `
  old=$(git rev-parse main) top=$old
  for branch; do
    tip=$(git rev-parse "$branch")
    tree=$(git merge-tree --write-tree "$top" "$tip") || exit 1
    top=$(git commit-tree -p "$top" -p "$tip" -m "merge $branch" "$tree")
  done
  git update-index -q --refresh
  git read-tree -m -u "$old" "$top" && git update-ref refs/heads/main "$top" "$old"`;

export function integrate(rounds) {
  heading('integrate: 20 disjoint branches, no gate, 5,000 files, the checkout of main moved along');
  const place = scene({ files: 5000, agents: AGENTS });
  AGENTS.forEach((agent, index) => {
    const cwd = place.worktree(agent);
    for (let file = 0; file < 5; file += 1) write(join(cwd, `d${index * 5 + file}/f${(index * 5 + file) * 50}.txt`), `by ${agent}\n`);
    place.git(['add', '-A'], cwd);
    place.git(['commit', '-q', '-m', `work of ${agent}`], cwd);
  });
  place.settle();

  const state = join(place.repo, '.git/aiteam');
  const before = join(place.folder, 'state-before');
  const base = place.git(['rev-parse', 'main']).trim();
  cpSync(state, before, { recursive: true });
  const branches = AGENTS.map((agent) => `feature/${agent}`);
  const landing = (work) => () => {
    place.git(['reset', '-q', '--hard', base]);
    rmSync(state, { recursive: true });
    cpSync(before, state, { recursive: true });
    const took = wallMs(work);
    place.settle();
    // Fails where the last branch's work is not in the checkout.
    place.git(['diff', '--quiet', branches.at(-1), '--', 'd95']);
    return took;
  };
  const { plumbing, loop, ours } = inTurn(Math.min(rounds, 7), {
    plumbing: landing(() => place.run('/bin/sh', ['-c', PLUMBING, 'sh', ...branches])),
    loop: landing(() => place.run('/bin/sh', ['-c', MERGE_LOOP, 'sh', ...branches])),
    ours: landing(() => place.aiteam(['integrate'])),
  });
  times('the bare plumbing', plumbing);
  times('a loop of git merge --no-ff', loop);
  times('aiteam integrate', ours);
  against('aiteam integrate / the loop', ratio(ours, loop), '×', 0.5);
  against('the bare plumbing / the loop', ratio(plumbing, loop), '×', 0.5);
}
