// What our hooks add to a commit in an agent's worktree.
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, median, more, wallMs } from './measure.mjs';
import { against, figure, heading, note, times } from './report.mjs';
import { scene, write } from './scene.mjs';

const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

export function commit(rounds) {
  const place = scene({ files: 500, agents: ['claude', 'glm', 'deepseek'] });
  wholeCommit(place, rounds);
  processes(place);
  fiftyAgents();
}

function wholeCommit(place, rounds) {
  heading("commit: the whole git commit in an agent's worktree, nothing to warn about");
  // What it costs that git runs a shell at all: ours cannot cost less.
  const nothing = join(place.folder, 'nothing');
  for (const name of ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit']) {
    write(join(nothing, name), '#!/bin/sh\n');
    chmodSync(join(nothing, name), 0o755);
  }
  let count = 0;
  const cwd = place.worktree('glm');
  const committing = (measure, path = 'glm/notes.txt') => (settings) => {
    write(join(cwd, path), `note ${count += 1}\n`);
    place.git(['add', '-A'], cwd);
    place.settle();
    const took = measure([...settings, 'commit', '-q', '-m', `note ${count}`]);
    place.settle();
    return took;
  };
  const wall = committing((args) => wallMs(() => place.git(args, cwd)));
  const cpu = committing((args) => cpuOfChildren(place.run('bash', ['-c', 'git "$@"; times', 'bash', ...args], { cwd })));
  // Another agent has changed the same lines of this one: Node is started, and says so.
  const other = place.worktree('claude');
  write(join(other, 'd0/f0.txt'), 'by claude\n');
  place.git(['commit', '-q', '-a', '-m', 'by claude'], other);
  place.settle();
  const shared = committing((args) => wallMs(() => place.git(args, cwd)), 'd0/f0.txt');
  const hooksPath = ['-c', `core.hooksPath=${nothing}`];
  const { without, empty, hooks, warned, cpuWithout, cpuEmpty, cpuHooks } = inTurn(rounds, {
    without: () => wall(NO_HOOKS), empty: () => wall(hooksPath), hooks: () => wall([]), warned: () => shared([]),
    cpuWithout: () => cpu(NO_HOOKS), cpuEmpty: () => cpu(hooksPath), cpuHooks: () => cpu([]),
  });
  times('without hooks', without);
  times('with our hooks', hooks);
  figure('added by four hooks that do nothing', `${median(more(empty, without)).toFixed(1)} ms`);
  against('added by our hooks', more(hooks, without), 'ms', 12);
  figure('added where there is something to warn about', `${median(more(warned, without)).toFixed(1)} ms`);
  figure('in CPU time, by four hooks that do nothing', `${median(more(cpuEmpty, cpuWithout)).toFixed(1)} ms`);
  against('in CPU time, which a busy machine changes little', more(cpuHooks, cpuWithout), 'ms', 12);
}

/** Process ids are given out in sequence in a namespace of our own: the difference of two tells how many were started between. */
function processes(place) {
  const started = (settings) => {
    const script = ': & before=$!; git "$@" >/dev/null 2>&1; : & echo $(($! - before - 1))';
    return inNamespace(place, place.worktree('glm'), script, [...settings, 'commit', '--allow-empty', '-q', '-m', 'count']).trim();
  };
  try {
    figure('processes started, without hooks', started(NO_HOOKS));
    figure('processes started, with our hooks', started([]));
  } catch {
    note('processes not counted: this system has no process namespaces for us');
  }
}

/** CPU of everything that the commits start, what stays in the background included: orphans come to the namespace's first process. */
function fiftyAgents() {
  heading('commit: fifty commits by fifty agents at once, total CPU, background included');
  const agents = Array.from({ length: 50 }, (_, index) => `agent${index}`);
  const place = scene({ files: 100, agents });
  const script = `
    for folder in "$BENCH_WORKTREES"/*; do
      (cd "$folder" && echo "$BENCH_ROUND" >"\${folder##*/}.txt" && git add -A && git "$@" commit -q -m round >/dev/null 2>&1) &
    done
    wait
    while set -- /proc/[0-9]*; [ $# -gt 1 ]; do sleep 0.1; done
    times`;
  const cpuMs = (round, settings) => {
    const env = { ...place.env, BENCH_ROUND: round, BENCH_WORKTREES: join(place.folder, 'repo.worktrees') };
    return cpuOfChildren(inNamespace({ ...place, env }, place.repo, script, settings));
  };
  try {
    let round = 0;
    const { without, hooks } = inTurn(2, {
      without: () => cpuMs(`${round += 1}`, NO_HOOKS),
      hooks: () => cpuMs(`${round += 1}`, []),
    });
    times('without hooks', without);
    times('with our hooks', hooks);
    figure('added for each commit', `${((median(hooks) - median(without)) / agents.length).toFixed(1)} ms`);
  } catch (error) {
    note(`not measured: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}

function inNamespace(place, cwd, script, args) {
  const result = spawnSync('unshare', ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', 'bash', '-c', script, 'bash', ...args], {
    cwd, env: place.env, encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`unshare: ${result.stderr ?? result.error}`);
  return result.stdout;
}

/** What bash's `times` prints: its own time, then its children's, user and system each; in milliseconds those of the children. */
function cpuOfChildren(printed) {
  const [, ofChildren = ''] = printed.split('\n');
  return ofChildren.split(' ').reduce((sum, word) => sum + secondsOf(word) * 1000, 0);
}

/** The seconds in a text such as `0m1.250s`, as bash's `times` prints them. */
function secondsOf(text) {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
