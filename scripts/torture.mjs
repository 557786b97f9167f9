// What scripts/torture runs: a scratch repository, everybody at once for a while, one quiet command each, and the report.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { scene } from './bench/scene.mjs';
import { agentAt } from './torturing/agent.mjs';
import { lookedThrough } from './torturing/check.mjs';
import { coordinatorAt } from './torturing/coordinator.mjs';
import { humanAt } from './torturing/human.mjs';
import { processGroups } from './torturing/process-groups.mjs';
import { randomFrom } from './torturing/random.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, agents: { type: 'string', default: '4' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) }, keep: { type: 'boolean', default: false } },
});
const [seconds, count, seed] = [values.seconds, values.agents, values.seed].map(Number);
if (!(seconds > 0) || !Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('usage: scripts/torture [--seconds N] [--agents N] [--seed S] [--keep]');
  process.exit(2);
}

const names = Array.from({ length: count }, (_, index) => `a${index + 1}`);
const made = scene({ files: 40, agents: names });
const groups = processGroups(made.env, randomFrom(seed, 'kills'));
const agents = names.map((name) => agentAt(made, groups, name, randomFrom(seed, name)));
const coordinators = ['first', 'second'].map((name) => coordinatorAt(made, groups, names, randomFrom(seed, name)));
const human = humanAt(made, groups, randomFrom(seed, 'human'));

const deadline = Date.now() + seconds * 1000;
const untilThen = async (step) => {
  while (Date.now() < deadline) await step();
};
await Promise.all([...agents, ...coordinators, human].map((actor) => untilThen(actor.step)).concat(untilThen(groups.killOne)));

made.settle();
// Until what was left is old enough to be known for it.
await sleep(2_000);
for (const actor of [...agents, human]) await actor.tidyUp();
made.settle();
for (const args of [['status'], ['integrate']]) await coordinators[0].quietly(args);
made.settle();

const { counts, faults } = await lookedThrough(made, { agents, human, coordinators });
console.log(`seed ${seed}: ${seconds} s, ${count} agents, 2 coordinators, ${groups.kills()} process groups killed`);
for (const [what, number] of Object.entries(counts)) console.log(`  ${String(number).padStart(5)} ${what}`);
for (const fault of faults) console.log(`FAULT ${fault}`);
made.keep = values.keep || faults.length > 0;
console.log(faults.length === 0 ? 'nothing was lost, nothing is half done' : `${faults.length} faults; again: scripts/torture --seconds ${seconds} --agents ${count} --seed ${seed}`);
if (made.keep) console.log(`kept: ${made.repo}`);
process.exitCode = faults.length === 0 ? 0 : 3;
