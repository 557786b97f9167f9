import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expectDone, team, type Scratch } from './scratch.ts';

/** A team whose configuration has these gates, approved; `{folder}` in them is the scratch folder, which no checkout cleans. */
export function gatedTeam(agents: readonly string[], gates: readonly string[]): Scratch {
  const made = team(...agents);
  const config = made.read('.aiteam.yaml').replace(/^gates:.*$(\n(?=[ #-]).*$)*/m, '');
  made.write({ '.aiteam.yaml': `${config}\ngates:\n${gates.map((gate) => `  - ${gate.replaceAll('{folder}', made.folder)}\n`).join('')}` });
  expectDone(made.aiteam(['trust', '--yes']));
  return made;
}

/** How often a gate that writes a line into `runs` has run. */
export function gateRuns(made: Scratch): number {
  return existsSync(join(made.folder, 'runs')) ? made.read('runs', made.folder).split('\n').length - 1 : 0;
}
