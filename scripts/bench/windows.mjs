// A team of seven in windows of tmux, beside seven plain windows and what each of ours starts in it.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, wallMs } from './measure.mjs';
import { against, heading, times } from './report.mjs';
import { BINARY, scene, write } from './scene.mjs';

const AGENTS = Array.from({ length: 7 }, (_, index) => `agent${index}`);

export function windows(rounds) {
  heading('up: seven windows, every client at work in its own');
  const place = scene({ files: 50, agents: AGENTS });
  const [clients, started, sockets] = ['clients', 'started', 'sockets'].map((name) => join(place.folder, name));
  for (const folder of [started, sockets]) mkdirSync(folder);
  // A client that says that it is there, and waits.
  write(join(clients, 'claude'), `#!/bin/sh\n: >"${started}/$(basename "$PWD")"\nexec sleep 1000\n`);
  chmodSync(join(clients, 'claude'), 0o755);
  // The user's own file, which needs no approval.
  write(join(place.env.XDG_CONFIG_HOME, 'aiteam/config.yaml'), `version: 1\nagents:\n${AGENTS.map((name) => `  ${name}: {provider: anthropic}\n`).join('')}`);
  const env = { ...place.env, PATH: `${clients}:${place.env.PATH}`, TMUX_TMPDIR: sockets, ANTHROPIC_API_KEY: 'bench', TERM: 'xterm' };
  const allStarted = () => {
    const deadline = Date.now() + 30_000;
    while (AGENTS.some((name) => !existsSync(join(started, name)))) {
      if (Date.now() > deadline) throw new Error('not every client has started within half a minute');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  };
  const tmux = (...args) => place.run('tmux', ['-f', '/dev/null', '-S', join(sockets, 'plain'), ...args], { env, accept: [0, 1] });
  const sample = (work, end) => () => {
    for (const name of readdirSync(started)) rmSync(join(started, name));
    const took = wallMs(work);
    end();
    place.settle();
    return took;
  };
  const plainWindows = (command) => AGENTS.forEach((name, index) => {
    tmux(...(index === 0 ? ['new-session', '-d', '-s', 'plain'] : ['new-window', '-d', '-t', 'plain']), '-n', name, '-c', place.worktree(name), command);
  });
  const endPlain = () => tmux('kill-server');
  const untilStarted = (command) => () => {
    plainWindows(command);
    allStarted();
  };
  const { plain, node, exec, up } = inTurn(Math.min(rounds, 7), {
    plain: sample(untilStarted('exec claude'), endPlain),
    node: sample(() => {
      place.run(process.execPath, ['-e', '0']);
      untilStarted(`${process.execPath} -e 0; exec claude`)();
    }, endPlain),
    exec: sample(untilStarted(`exec ${process.execPath} ${BINARY} exec "$(basename "$PWD")"`), endPlain),
    up: sample(() => {
      place.aiteam(['up', ...AGENTS], { env });
      allStarted();
    }, () => place.aiteam(['down'], { env })),
  });
  times('seven plain windows of tmux', plain);
  times('the same, each with a bare Node first, and one for who opens them', node);
  times('the same, each with aiteam exec AGENT typed into it', exec);
  times('aiteam up, all seven clients waited for', up);
  // Who opens them is a Node too: an eighth of what a bare Node in each and one before has added.
  const start = (round) => exec[round] - plain[round] + (node[round] - plain[round]) / 8;
  against('aiteam up / (1.5 × the plain windows + the start of all its Nodes)', up.map((ms, round) => ms / (1.5 * plain[round] + start(round))), '×', 1);
  against('the same, were they bare Nodes', up.map((ms, round) => ms / (1.5 * plain[round] + node[round] - plain[round])), '×', 1);
}
