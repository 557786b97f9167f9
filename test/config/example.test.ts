import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { Rule } from '../../src/config/rules.ts';
import { CONFIG_RULE, parseConfig } from '../../src/config/schema.ts';
import { DEFAULT_CONFIG } from '../../src/core/config.ts';

const EXAMPLE = readFileSync(new URL('../../.aiteam.yaml.example', import.meta.url));

it('the example is a configuration', () => {
  const config = parseConfig(EXAMPLE, '.aiteam.yaml.example');
  expect([...config.agents.keys()]).toEqual(['claude', 'glm', 'deepseek']);
  expect(config.gates).toEqual([{ name: 'test', run: 'npm test', timeoutMs: 600_000, clean: false, cache: true, slot: 'heavy', keys: ['OPENAI_API_KEY'] }]);
});

it('the example has every key, and the values that it calls defaults are', () => {
  expect(keysIn(parseDocument(EXAMPLE.toString('utf8')).contents)).toEqual(keysOf(CONFIG_RULE));
  const { worktrees, overlaps, trailer, agentsMay } = parseConfig(EXAMPLE, '.aiteam.yaml.example');
  expect({ worktrees, overlaps, trailer, agentsMay }).toEqual({
    worktrees: DEFAULT_CONFIG.worktrees, overlaps: DEFAULT_CONFIG.overlaps, trailer: DEFAULT_CONFIG.trailer, agentsMay: DEFAULT_CONFIG.agentsMay,
  });
});

/** The keys of a rule by dotted path; the user's own keys and list entries are `*`. */
function keysOf(rule: Rule<unknown>, prefix = ''): string[] {
  return Object.entries(rule.below ?? {}).flatMap(([key, below]) => [...(key === '*' ? [] : [`${prefix}${key}`]), ...keysOf(below, `${prefix}${key}.`)]).sort();
}

const OWN_KEYS = new Set(['agents.', 'budgets.agents.', 'agents.*.env.', 'merge_drivers.', 'prices.', 'providers.', 'slots.']);

function keysIn(node: Node | null, prefix = ''): string[] {
  const found = new Set<string>();
  if (isSeq(node)) for (const item of node.items) keysIn(item as Node, `${prefix}*.`).forEach((key) => found.add(key));
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = OWN_KEYS.has(prefix) ? '*' : isScalar(key) ? String(key.value) : '?';
      if (name !== '*') found.add(`${prefix}${name}`);
      keysIn(value as Node | null, `${prefix}${name}.`).forEach((below) => found.add(below));
    }
  }
  return [...found].sort();
}
