import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import type { AgentId } from '../core/ids.ts';
import type { AgentProfile } from '../core/usual-team.ts';

export type Team = ReadonlyMap<AgentId, AgentProfile>;

/** A first configuration, commented. */
export function newConfigText(target: string, team: Team): string {
  return `# How coding agents work together on this repository (aiteam). A key that is left out has a sensible value.
version: 1

# The branch that agents' work lands on.
target: ${word(target)}

# Who works here. "aiteam worktree add NAME" gives one of them a worktree and a branch.
agents:
${agentLines(team, '  ')}
# Ignored files that a new worktree needs: a copy for each agent, or a link to what they share.
# copy: [.env]
# link: [node_modules]

# Commands that prepare a new worktree. The commands of this file run only after "aiteam trust".
# setup:
#   - npm ci

# Commands that must pass on the merged tree before anything lands.
# gates:
#   - name: test
#     run: npm test
#     timeout: 10m
`;
}

/**
 * The text of a configuration with more agents, nothing else in it touched;
 * null where its agents are written in a way that lines cannot be added to, such as braces.
 */
export function withAgents(text: string, team: Team): string | null {
  const top = topLevel(text);
  if (top === null) return null;
  const found = top.items.find((pair) => keyOf(pair) === 'agents');
  if (found === undefined) return `${text}${text.endsWith('\n') ? '' : '\n'}\nagents:\n${agentLines(team, '  ')}`;
  const { key, value } = found;
  if (isMap(value) && value.flow !== true) {
    return insertAfterLine(text, lastOf(value), agentLines(team, ' '.repeat(columnOf(text, startOf(value)))));
  }
  return value === null || (isScalar(value) && value.value === null) ? insertAfterLine(text, startOf(key), agentLines(team, '  ')) : null;
}

/** The text of a configuration that names no target with one; null where it cannot be added as a line. */
export function withTarget(text: string, target: string): string | null {
  const found = topLevel(text)?.items.find((pair) => keyOf(pair) === 'version');
  return found === undefined ? null : insertAfterLine(text, startOf(found.key), `target: ${word(target)}\n`);
}

type Entries = YAMLMap<Node, Node | null>;

/** The map at the top, unless it is written in braces. */
function topLevel(text: string): Entries | null {
  const { contents } = parseDocument(text, { uniqueKeys: false });
  return isMap(contents) && contents.flow !== true ? (contents as unknown as Entries) : null;
}

function keyOf({ key }: Pair<Node, Node | null>): unknown {
  return isScalar(key) ? key.value : undefined;
}

function agentLines(team: Team, indent: string): string {
  return [...team].map(([agent, { provider, model, role }]) => {
    const known = Object.entries({ provider, model, role }).filter(([key, value]) => value !== null || (provider === null && key !== 'role'));
    return [`${indent}${word(agent)}:`, ...known.map(([key, value]) => `${indent}  ${key}:${value === null ? '' : ` ${word(value)}`}`)].map((line) => `${line}\n`).join('');
  }).join('');
}

/** A word as YAML has it: in quotes where it would mean something else. */
function word(value: string): string {
  return /^[A-Za-z][\w./-]*$/.test(value) && !/^(true|false|null)$/i.test(value) ? value : JSON.stringify(value);
}

/** The offset of the last thing that stands in a node. */
function lastOf(node: Node): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1) as Pair<Node, Node | null> | undefined;
    if (last !== undefined) return Math.max(startOf(last.key), last.value === null ? 0 : lastOf(last.value));
  }
  return (node.range?.[1] ?? 1) - 1;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

function insertAfterLine(text: string, at: number, lines: string): string {
  const end = text.indexOf('\n', at);
  return end < 0 ? `${text}\n${lines}` : `${text.slice(0, end + 1)}${lines}${text.slice(end + 1)}`;
}
