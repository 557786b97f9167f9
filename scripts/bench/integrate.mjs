// Landing twenty branches, beside git's own merge and beside the plumbing that it cannot do without.
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
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

  const reset = backToNow(place);
  const branches = AGENTS.map((agent) => `feature/${agent}`);
  const landing = (work) => () => {
    reset();
    const took = wallMs(work);
    place.settle();
    // Fails where the last branch's work is not in the checkout.
    place.git(['diff', '--quiet', branches.at(-1), '--', 'd95']);
    return took;
  };
  const { plumbing, loop, named, unnamed } = inTurn(Math.min(rounds, 7), {
    plumbing: landing(() => place.run('/bin/sh', ['-c', PLUMBING, 'sh', ...branches])),
    loop: landing(() => place.run('/bin/sh', ['-c', MERGE_LOOP, 'sh', ...branches])),
    named: landing(() => place.aiteam(['integrate', ...AGENTS])),
    unnamed: landing(() => place.aiteam(['integrate'])),
  });
  times('the bare plumbing', plumbing);
  times('a loop of git merge --no-ff', loop);
  times('aiteam integrate, the branches named as the loop has them', named);
  times('aiteam integrate, every worktree looked at for changes', unnamed);
  against('aiteam integrate, named / the loop', ratio(named, loop), '×', 0.5);
  against('aiteam integrate, unnamed / the loop', ratio(unnamed, loop), '×', 0.5);
  against('the bare plumbing / the loop', ratio(plumbing, loop), '×', 0.5);
}

/** A scene whose agents have each changed a file of their own, and what puts everything back to before a landing. */
function workedScene(files, count) {
  const agents = Array.from({ length: count }, (_, index) => `agent${String(index).padStart(3, '0')}`);
  const place = scene({ files, agents });
  agents.forEach((agent, index) => {
    write(join(place.worktree(agent), `d${index % (files / 50)}/${agent}.txt`), `by ${agent}\n`);
    place.git(['add', '-A'], place.worktree(agent));
    place.git(['commit', '-q', '-m', `work of ${agent}`], place.worktree(agent));
  });
  place.settle();
  return { place, agents, reset: backToNow(place) };
}

/** What puts main, its checkout, our state and the views back to what they are now. */
function backToNow(place) {
  const kept = [join(place.repo, '.git/aiteam'), join(place.repo, '.ai-coordinator')].map((folder, index) => [folder, join(place.folder, `before-${index}`)]);
  const base = place.git(['rev-parse', 'main']).trim();
  for (const [folder, before] of kept) cpSync(folder, before, { recursive: true });
  return () => {
    place.git(['reset', '-q', '--hard', base]);
    for (const [folder, before] of kept) {
      rmSync(folder, { recursive: true });
      cpSync(before, folder, { recursive: true });
    }
  };
}

export function growth(rounds) {
  heading('integrate: 100 disjoint branches beside 20 of them, no gate, 1,000 files');
  const { place, agents, reset } = workedScene(1000, 100);
  const landing = (some) => () => {
    reset();
    const took = wallMs(() => place.aiteam(['integrate', ...some]));
    place.settle();
    return took;
  };
  const { twenty, hundred } = inTurn(Math.min(rounds, 5), { twenty: landing(agents.slice(0, 20)), hundred: landing(agents) });
  times('20 branches', twenty);
  times('100 branches', hundred);
  against('100 branches / five times 20', ratio(hundred, twenty).map((value) => value / 5), '×', 1.3);
}

export function gateRuns() {
  heading('integrate: one of 16 branches fails the gate; how often the gate runs, baseline and retry counted in');
  const { place, agents, reset } = workedScene(200, 16);
  const counts = [0, 7, 15].map((bad) => {
    reset();
    appendFileSync(join(place.repo, '.aiteam.yaml'), `\ngates:\n  - {name: test, run: "echo >> '${place.folder}/runs'; test ! -e d0/bad", cache: false}\n`);
    place.aiteam(['trust', '--yes']);
    rmSync(join(place.folder, 'runs'), { force: true });
    const worktree = place.worktree(agents[bad]);
    write(join(worktree, 'd0/bad'), 'x\n');
    place.git(['add', '-A'], worktree);
    place.git(['commit', '-q', '-m', 'bad'], worktree);
    place.settle();
    place.aiteam(['integrate', ...agents], { accept: [3] });
    place.git(['reset', '-q', '--hard', 'HEAD^'], worktree);
    place.settle();
    return existsSync(join(place.folder, 'runs')) ? readFileSync(join(place.folder, 'runs'), 'utf8').length : 0;
  });
  against('most runs, whether the first, eighth or last is bad', [Math.max(...counts)], 'runs', 8);
}
