import { authorName } from '../../src/core/authorship.ts';
import type { Context } from '../../src/operations/context.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { integrate } from '../../src/operations/integrate/integrate.ts';
import type { IntegrateInput, IntegrateResult } from '../../src/operations/integrate/attempt.ts';
import { blameFile } from '../../src/operations/ownership/blame.ts';
import type { Scratch } from './scratch.ts';

export const contextOf = (made: Scratch, cwd = made.repo): Context => ({ cwd, env: made.env, narrate: () => undefined, confirm: null });

/** Changes one line of app.txt and commits. */
export function edit(made: Scratch, line: number, text: string, cwd: string, message = text): string {
  const lines = made.read('app.txt', cwd).split('\n');
  lines[line - 1] = text;
  made.write({ 'app.txt': lines.join('\n') }, cwd);
  made.git(['commit', '-q', '-m', message, 'app.txt'], { cwd });
  return made.git(['rev-parse', 'HEAD'], { cwd });
}

/** Lands these agents' branches, in this process. */
export function landed(made: Scratch, agents: readonly string[], more: Partial<IntegrateInput> = {}): Promise<IntegrateResult> {
  return integrate(contextOf(made), {
    agents: agents as readonly AgentId[], dryRun: false, strategy: 'merge', signoff: false, into: null, push: null, withUndone: false, allowRedBase: false, allowUnrelated: false, acceptLoss: false, ...more,
  });
}

/** Line → who wrote it and in which landing it came, of those lines that are not `unknown`. */
export async function authorsOf(made: Scratch, path: string, at: string | null = null): Promise<Record<number, string>> {
  const { authored } = await blameFile(contextOf(made), { path, at });
  if (authored.kind !== 'lines') return {};
  return Object.fromEntries(authored.groups.flatMap(({ lines: [start, end], by }) => {
    const text = `${authorName(by.author)}${by.landing === null ? '' : ` ${by.landing.id}`}`;
    return text === 'unknown' ? [] : Array.from({ length: end - start }, (_, index) => [start + index, text] as const);
  }));
}
