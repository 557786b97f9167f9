import { authorName, type Author } from '../../core/authorship.ts';
import { escapeText } from '../../core/text.ts';
import type { Attributed } from '../../operations/ownership/attribution.ts';
import type { LookedAt } from '../../operations/ownership/find-path.ts';

/** `glm (glm-4.7)`, `deepseek, glm`, `human (Ada)`, `unknown (Ada)`: who is no agent is told by the name that git has. */
export function authorText({ author, text }: Pick<Attributed, 'author' | 'text'>): string {
  if (author.kind !== 'agents') return `${author.kind}${text === null || text.name === '' ? '' : ` (${escapeText(text.name)})`}`;
  const agents = [...new Set(author.by.map(({ agent }) => agent))].sort();
  return agents.map((agent) => `${agent}${models(author, agent)}`).join(', ');
}

/** `glm:glm-4.7` as in a trailer, `human (Ada)`: for a column. */
export function authorWord({ author, text }: Pick<Attributed, 'author' | 'text'>): string {
  if (author.kind !== 'agents') return authorText({ author, text });
  const model = author.by.length === 1 ? (author.by[0]?.model ?? null) : null;
  return `${authorName(author)}${model === null ? '' : `:${escapeText(model)}`}`;
}

function models(author: Extract<Author, { kind: 'agents' }>, agent: string): string {
  const found = author.by.flatMap((by) => (by.agent === agent && by.model !== null ? [escapeText(by.model)] : []));
  return found.length === 0 ? '' : ` (${found.join(', ')})`;
}

/** `main at 1a2b3c4d`, with the reason where that is not what was asked for. */
export function placeText({ name, commit, onlyIn }: LookedAt): string {
  return `${escapeText(name)} at ${commit.slice(0, 8)}${onlyIn === null ? '' : `, as ${onlyIn} alone has it`}`;
}

export function attributedJson({ commit, author, tasks, landing, text }: Attributed): Record<string, unknown> {
  return {
    commit, kind: author.kind,
    agents: author.kind === 'agents' ? author.by.map(({ agent, model }) => ({ agent, model, task: tasks.get(agent) ?? null })) : [],
    landing: landing === null ? null : { id: landing.id, target: landing.target, strategy: landing.strategy, at: new Date(landing.at).toISOString() },
    subject: text?.subject ?? null, author: text === null ? null : { name: text.name, email: text.email }, at: text === null ? null : new Date(text.at).toISOString(),
  };
}

export function lookedAtJson({ name, commit, onlyIn }: LookedAt): Record<string, unknown> {
  return { name, commit, onlyIn };
}
