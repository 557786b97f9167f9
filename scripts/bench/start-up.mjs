// How long a command takes before it begins to work.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inTurn, more, ratio, wallMs } from './measure.mjs';
import { against, heading, note, times } from './report.mjs';
import { BINARY, scene, write } from './scene.mjs';

const COMMANDS = [['status'], ['worktree', 'list'], ['conflicts'], ['log'], ['ready', 'glm'], ['integrate', '--dry-run'], ['init']];

export function startUp(rounds) {
  const place = scene({ files: 50, agents: ['glm'] });
  versionAgainstNode(place, rounds);
  cpuToFirstGit(place, Math.min(rounds, 10));
}

function versionAgainstNode(place, rounds) {
  heading('start: aiteam --version beside node -e 0');
  const { node, version } = inTurn(3 * rounds, {
    node: () => wallMs(() => place.run(process.execPath, ['-e', '0'])),
    version: () => wallMs(() => place.run(process.execPath, [BINARY, '--version'])),
  });
  times('node -e 0', node);
  times('aiteam --version', version);
  against('aiteam --version / node -e 0', ratio(version, node), '×', 1.25);
}

/** A `git` that comes first in PATH notes the CPU time that its parent has used, then becomes git. */
function cpuToFirstGit(place, rounds) {
  heading("start: a command's CPU time before its first git call, beyond Node's own");
  const log = join(place.folder, 'first-git');
  const wrapper = join(place.folder, 'wrapper/git');
  const real = place.run('/bin/sh', ['-c', 'command -v git']).trim();
  write(wrapper, '#!/bin/sh\n[ -e "$BENCH_LOG" ] || cat /proc/$PPID/task/*/schedstat >"$BENCH_LOG"\nexec "$BENCH_GIT" "$@"\n');
  chmodSync(wrapper, 0o755);
  const env = { ...place.env, BENCH_LOG: log, BENCH_GIT: real, PATH: `${join(place.folder, 'wrapper')}${delimiter}${place.env.PATH}` };
  const cpuMs = (args) => {
    rmSync(log, { force: true });
    place.run(process.execPath, args, { env, accept: [0, 1, 3] });
    return readFileSync(log, 'utf8').split('\n').reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1e6, 0);
  };
  const ways = { node: () => cpuMs(['-e', "require('node:child_process').spawnSync('git', ['version'])"]) };
  for (const command of COMMANDS) ways[command.join(' ')] = () => cpuMs([BINARY, ...command]);
  try {
    const { node, ...commands } = inTurn(rounds, ways);
    times('Node itself', node);
    for (const [name, samples] of Object.entries(commands)) against(`aiteam ${name}`, more(samples, node), 'ms', 60);
  } catch (error) {
    note(`not measured: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}
