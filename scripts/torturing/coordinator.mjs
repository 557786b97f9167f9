// A coordinator lands, undoes, syncs, takes sides of conflicts and looks, over and over.
import { BINARY } from '../bench/scene.mjs';

const COMMANDS = { integrate: 5, named: 6, squash: 1, rebase: 1, undo: 1, sync: 2, take: 2, status: 2 };
/** 0 done, 1 refused, 3 something stayed out. */
const EXPECTED = new Set([0, 1, 3]);

export function coordinatorAt(made, groups, names, random) {
  const ran = {};
  const refused = {};
  const faults = [];
  const aiteam = async (args, safe = false) => {
    const ended = await groups.run(process.execPath, [BINARY, ...args, '--json'], { cwd: made.repo, safe });
    if (ended.killed) return;
    const code = codeOf(ended.stdout);
    if (!EXPECTED.has(ended.code) || code === 'process-failed') faults.push(`aiteam ${args.join(' ')}: exit ${ended.code}\n${ended.stderr}`);
    else if (code !== null) refused[code] = (refused[code] ?? 0) + 1;
    if (safe && ended.code === 1) faults.push(`aiteam ${args.join(' ')} was refused with nobody else at work:\n${ended.stderr}`);
    ran[args[0]] = (ran[args[0]] ?? 0) + 1;
  };
  const commands = {
    integrate: ['integrate'], squash: ['integrate', '--strategy', 'squash'], rebase: ['integrate', '--strategy', 'rebase'], undo: ['undo'], sync: ['sync', '--all'], status: ['status'],
  };
  return {
    ran, refused, faults,
    quietly: (args) => aiteam(args, true),
    step: () => {
      const command = random.weighted(COMMANDS);
      const name = names[random.below(names.length)];
      if (command === 'take') return aiteam(['conflicts', 'resolve', name, '--take', random.below(2) === 0 ? name : 'main']);
      return aiteam(command === 'named' ? ['integrate', name] : commands[command]);
    },
  };
}

function codeOf(stdout) {
  try {
    return JSON.parse(stdout).error?.code ?? null;
  } catch {
    return null;
  }
}
