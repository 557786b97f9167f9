import { agentNameProblem } from './agent-name.ts';

/** The agent that a branch is named after: by the template, else by its last part; null where neither is an agent's name. */
export function guessAgent(branch: string, template: string): string | null {
  const [before = '', after = ''] = template.split('{agent}');
  const fits = branch.startsWith(before) && branch.endsWith(after) && branch.length > before.length + after.length;
  const inside = fits ? branch.slice(before.length, branch.length - after.length) : '';
  const last = branch.split('/').at(-1) ?? '';
  return [inside, last].find((name) => agentNameProblem(name) === null) ?? null;
}
