import { AiteamError } from './errors.ts';
import type { AgentId } from './ids.ts';
import { escapeText, truncate } from './text.ts';

const SHAPE = /^[a-z][a-z0-9._-]*$/;
const LONGEST = 64;

// Git's own names, the words that stand for a side that is no agent, and names that a file system reads specially.
const RESERVED = new Set([
  'head', 'fetch_head', 'orig_head', 'merge_head', 'main', 'master', 'target', 'human', 'you', 'unknown', 'aiteam', 'all', 'none',
  'con', 'prn', 'aux', 'nul',
]);

/** The name as an agent's id. Errors: `agent-name` (usage) with the rule that it breaks. */
export function parseAgentId(name: string): AgentId {
  const problem = agentNameProblem(name);
  if (problem !== null) {
    throw new AiteamError(`"${truncate(escapeText(name), 80)}" cannot be an agent's name: ${problem}`, {
      code: 'agent-name',
      kind: 'usage',
      hints: ['use lower-case letters, digits, ".", "_" and "-", beginning with a letter: glm, claude-opus, glm-4.7'],
    });
  }
  return name as AgentId;
}

/** Why the name cannot be an agent's, or null where it can. */
export function agentNameProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if (!SHAPE.test(name)) return 'it must be a lower-case letter followed by lower-case letters, digits, ".", "_" or "-"';
  if (name.includes('..')) return 'git does not allow ".." in a branch name';
  if (name.endsWith('.')) return 'git does not allow a branch name that ends in "."';
  if (name.endsWith('.lock')) return 'git does not allow a branch name that ends in ".lock"';
  if (RESERVED.has(name) || /^(com|lpt)[0-9]$/.test(name)) return 'the name is reserved';
  return null;
}
