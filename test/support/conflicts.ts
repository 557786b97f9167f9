import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectDone, scratch, team, type Finished, type Scratch } from './scratch.ts';

/** One conflict as the list gives it. */
export interface Listed { readonly id: string; readonly state: string; readonly path: string; readonly level: string; readonly type: string; readonly agents: readonly string[]; readonly resolution: unknown }

/** Writes files of bytes (latin1). */
export const put = (cwd: string, files: Record<string, string>): void => { for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), Buffer.from(text, 'latin1')); };
export const bytesIn = (made: Scratch, path: string): string => readFileSync(join(made.repo, path), 'latin1');
export const listed = (made: Scratch, ...args: string[]): Listed[] => (JSON.parse(expectDone(made.aiteam(['conflicts', 'list', '--json', ...args])).stdout) as { conflicts: Listed[] }).conflicts;
export const resolve = (made: Scratch, args: string[], code = 0, input = ''): Finished => expectDone(made.aiteam(['conflicts', 'resolve', ...args], { input }), code);
export const integrate = (made: Scratch, args: string[], code = 0): Finished => expectDone(made.aiteam(['integrate', ...args]), code);
const LINES = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);

/** app.txt of a scratch, with these of its 20 lines changed. */
export const withLines = (changed: Record<number, string>): string => LINES.map((line, index) => (changed[index + 1] === undefined ? line : `${changed[index + 1]}\n`)).join('');
export const work = (made: Scratch, agent: string, changed: Record<number, string>): string => made.commit({ 'app.txt': withLines(changed) }, `${agent} works`, made.worktree(agent));

/** A team whose worktrees begin with these files. */
export function begun(files: Record<string, string>, more: (made: Scratch) => void = () => undefined): Scratch {
  const made = scratch();
  put(made.repo, files);
  more(made);
  made.commit({}, 'a base');
  expectDone(made.aiteam(['init', 'claude', 'glm']));
  expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
  return made;
}

/** Two hunks of app.txt on which glm's branch and what claude has landed meet: lines 3 and 12. */
export function met(): Scratch {
  const made = team('claude', 'glm');
  work(made, 'claude', { 3: 'claude', 12: 'claude' });
  work(made, 'glm', { 3: 'glm', 12: 'glm' });
  integrate(made, ['claude', 'glm'], 3);
  return made;
}
