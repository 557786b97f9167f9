import { agentNameProblem } from './agent-name.ts';
import type { AgentId } from './ids.ts';
import { trailerKey } from './named-agent.ts';
import { withoutModel } from './trailer.ts';

/** An agent that made something, and its model where a trailer tells it. */
export interface NamedAuthor {
  readonly agent: AgentId;
  readonly model: string | null;
}

/**
 * Who made a commit. `agents`: one, or all of those that a squash of several names. `human`: no agent made it, as far as
 * anybody recorded. `unknown`: nothing proves either.
 */
export type Author = { readonly kind: 'agents'; readonly by: readonly NamedAuthor[] } | { readonly kind: 'human' } | { readonly kind: 'unknown' };

/** What is known of a commit. */
export interface Evidence {
  readonly message: string;
  /** The agent whose hooks or walk reported it. */
  readonly recorded: AgentId | null;
  /** The agents whose work it is by the record of a landing. */
  readonly landed: readonly AgentId[];
  /** It came to the target since landings are recorded, and none of them brought it. */
  readonly besideLandings: boolean;
}

/** Who made a commit: what its message says, else what was reported when it was made, else what landed as it. */
export function authorOf({ message, recorded, landed, besideLandings }: Evidence, template: string): Author {
  const named = namedAuthors(message, template);
  if (named === 'others') return { kind: 'unknown' };
  if (named.length > 0) return { kind: 'agents', by: named };
  const agents = recorded === null ? [...new Set(landed)].sort() : [recorded];
  if (agents.length > 0) return { kind: 'agents', by: agents.map((agent) => ({ agent, model: null })) };
  return { kind: besideLandings ? 'human' : 'unknown' };
}

/**
 * The agents that a message names, each with each of its models once; `others` where it names something else than an agent
 * of the form that ours have. Not only its last paragraph counts: a squash joins whole messages.
 */
export function namedAuthors(message: string, template: string): readonly NamedAuthor[] | 'others' {
  const keys = [...new Set([trailerKey(template).toLowerCase(), 'assisted-by'])];
  const lines = message.split('\n').filter((line) => keys.some((key) => line.toLowerCase().startsWith(`${key}:`)));
  const found = lines.flatMap((line) => readTrailer(line.trimEnd(), template) ?? []);
  const named = new Map(found.map((author) => [JSON.stringify([author.agent, author.model]), author]));
  // "glm" and "glm:glm-4.7" are one where nothing else is named.
  const authors = [...named.values()].filter(({ agent, model }) => model !== null || found.every((other) => other.agent !== agent || other.model === null));
  return lines.length > 0 && authors.length === 0 ? 'others' : authors;
}

const USUAL = 'Assisted-by: {agent}:{model}';

/** What a trailer line names by the configured template or the usual one, with or without a model; null for nobody. */
function readTrailer(line: string, template: string): NamedAuthor | null {
  for (const form of [template, withoutModel(template), USUAL, withoutModel(USUAL)]) {
    const { agent = '', model = null } = formOf(form).exec(line)?.groups ?? {};
    if (agent !== '' && agentNameProblem(agent) === null) return { agent: agent as AgentId, model };
  }
  return null;
}

function formOf(template: string): RegExp {
  const seen = new Set<string>();
  const text = template.trim().split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s*');
    if (seen.has(part)) return `\\k<${part}>`;
    seen.add(part);
    return part === 'agent' ? '(?<agent>[a-z0-9._-]+)' : part === 'model' ? '(?<model>\\S.*)' : `\\{${part}\\}`;
  });
  return new RegExp(`^${text.join('')}$`, 'i');
}

/** The author in a word: `glm`, `deepseek+glm`, `human`, `unknown`. */
export function authorName(author: Author): string {
  return author.kind === 'agents' ? [...new Set(author.by.map(({ agent }) => agent))].sort().join('+') : author.kind;
}
