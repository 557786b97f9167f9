import { agentNameProblem } from '../core/agent-name.ts';
import { branchNameProblem } from '../core/branch-name.ts';
import { DEFAULT_CONFIG, DEFAULT_GATE_TIMEOUT_MS, fillTemplate, type AgentConfig, type Config, type Gate, type SetupStep } from '../core/config.ts';
import { parseDuration } from '../core/duration.ts';
import type { AgentId } from '../core/ids.ts';
import { oneForAll, OVERLAP_WORDS, type OverlapPolicy } from '../core/overlap-policy.ts';
import { parseSize } from '../core/size.ts';
import { slotNameProblem } from '../core/slots.ts';
import { escapeText, truncate } from '../core/text.ts';
import { budgetsRule, pricesRule } from './cost-rules.ts';
import { agentRule, identityRule, idleRule, keyVariableProblem, providersRule } from './launch-rules.ts';
import { readYaml } from './read-yaml.ts';
import { command, flag, listOf, made, mapOf, oneOf, optional, record, required, scalar, text, textOr, type Rule } from './rules.ts';
import { slotsRule } from './slot-rules.ts';

const same = (value: string): string => value;
const longestTimeout = 24 * 3_600_000;

const setupStep: Rule<SetupStep> = textOr(
  made(command('a command'), (run) => ({ name: truncate(run.trim().split('\n')[0] ?? '', 60), run })),
  record('a map with name and run', { name: required(text('a name')), run: required(command('a command')) }),
);

const gate: Rule<Gate> = made(
  record('a gate: a map with name and run', {
    name: required(text('a name', shapeProblem(/^[\w][\w .-]{0,63}$/, 'a name of letters, digits, spaces, ".", "_" and "-"'))),
    run: required(command('a command')),
    timeout: optional(scalar('a time such as 90s, 10m or 1h, at most 24h', parseTimeout), DEFAULT_GATE_TIMEOUT_MS),
    clean: optional(flag(), false),
    cache: optional(flag(), true),
    slot: optional(text('the name of a slot', slotNameProblem), null),
    keys: optional(listOf('a list of names of variables', text('the name of a variable', keyVariableProblem), same), []),
  }),
  ({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }),
);

const overlapWord = oneOf(...OVERLAP_WORDS);

const overlapPolicy: Rule<OverlapPolicy> = textOr(
  made(overlapWord, oneForAll),
  mapOf('a map of path patterns to such words', patternKeyProblem, overlapWord),
);

/** Every key of `.aiteam.yaml` with what it must hold; a key that is left out has the value of `DEFAULT_CONFIG`. */
export const CONFIG_RULE: Rule<Config> = made(
  record('the keys of a configuration, "version: 1" first', {
    version: required(scalar('version 1, the only one that this aiteam reads', (value) => (value === '1' ? 1 : null))),
    target: optional(text('the name of a branch', targetProblem), DEFAULT_CONFIG.target),
    worktrees: optional(
      record('a map with branch and path', {
        branch: optional(text('a template such as feature/{agent}', branchTemplateProblem), DEFAULT_CONFIG.worktrees.branch),
        path: optional(text('a template such as ../{repo}.worktrees/{agent}', pathTemplateProblem), DEFAULT_CONFIG.worktrees.path),
      }),
      DEFAULT_CONFIG.worktrees,
    ),
    copy: optional(listOf('a list of path patterns', text('a path pattern', patternProblem), same), DEFAULT_CONFIG.copy),
    link: optional(listOf('a list of path patterns', text('a path pattern', patternProblem), same), DEFAULT_CONFIG.link),
    setup: optional(listOf('a list of commands', setupStep, ({ name }) => name), DEFAULT_CONFIG.setup),
    gates: optional(listOf('a list of gates', gate, ({ name }) => name), DEFAULT_CONFIG.gates),
    slots: optional(slotsRule, DEFAULT_CONFIG.slots),
    cache: optional(
      record('a map with size and largest', {
        size: optional(scalar('a size such as 500MB', parseCacheSize), DEFAULT_CONFIG.cache.size),
        largest: optional(scalar('a size such as 10MB, at most 100MB', (value) => within(parseCacheSize(value), 100e6)), DEFAULT_CONFIG.cache.largest),
      }),
      DEFAULT_CONFIG.cache,
    ),
    merge_drivers: optional(mapOf('a map of merge drivers', driverNameProblem, command('the command of a merge driver')), DEFAULT_CONFIG.mergeDrivers),
    agents: optional(mapOf<AgentId, AgentConfig>('a map of agents', agentNameProblem, agentRule), DEFAULT_CONFIG.agents),
    providers: optional(providersRule, DEFAULT_CONFIG.providers),
    identity: optional(identityRule, DEFAULT_CONFIG.identity),
    prices: optional(pricesRule, DEFAULT_CONFIG.prices),
    budgets: optional(budgetsRule, DEFAULT_CONFIG.budgets),
    idle: optional(idleRule, DEFAULT_CONFIG.idle),
    trash: optional(
      record('a map with skip', { skip: optional(listOf('a list of folder names', text('a folder name', folderNameProblem), same), DEFAULT_CONFIG.trash.skip) }),
      DEFAULT_CONFIG.trash,
    ),
    agents_may: optional(listOf('a list of commands', oneOf('integrate', 'undo', 'remove', 'sync', 'uninstall'), same), DEFAULT_CONFIG.agentsMay),
    overlaps: optional(overlapPolicy, DEFAULT_CONFIG.overlaps),
    mechanical: optional(listOf('a list of path patterns', text('a path pattern', patternProblem), same), DEFAULT_CONFIG.mechanical),
    trailer: optional(text('a trailer such as "Assisted-by: {agent}:{model}"', trailerProblem), DEFAULT_CONFIG.trailer),
  }),
  ({ version: _version, agents_may: agentsMay, merge_drivers: mergeDrivers, ...rest }) => ({ ...rest, agentsMay, mergeDrivers }),
);

/** The configuration in a file's bytes; `name` is what messages call the file. Errors: `config-invalid`. */
export function parseConfig(bytes: Uint8Array, name: string): Config {
  return readYaml(bytes, name, CONFIG_RULE);
}

function shapeProblem(shape: RegExp, expected: string): (value: string) => string | null {
  return (value) => (shape.test(value) ? null : `expected ${expected}, found "${truncate(value, 60)}"`);
}

function parseTimeout(value: string): number | null {
  const milliseconds = parseDuration(value);
  return milliseconds === null || milliseconds < 1000 || milliseconds > longestTimeout ? null : milliseconds;
}

function parseCacheSize(value: string): number | null {
  return within(parseSize(value), 1e12);
}

function within(value: number | null, most: number): number | null {
  return value === null || value > most ? null : value;
}

function targetProblem(value: string): string | null {
  const problem = branchNameProblem(value);
  return problem === null ? null : `"${truncate(value, 60)}" cannot be a branch: ${problem}`;
}

function branchTemplateProblem(value: string): string | null {
  const problem = placesProblem(value, ['agent'], 'agent');
  if (problem !== null) return problem;
  const branch = branchNameProblem(fillTemplate(value, { agent: 'x' }));
  return branch === null ? null : `"${truncate(value, 60)}" cannot make branch names: ${branch}`;
}

/** Worktrees lie in the repository or beside it: a configuration that was cloned does not choose other folders to write to. */
function pathTemplateProblem(value: string): string | null {
  const problem = placesProblem(value, ['agent', 'repo'], 'agent');
  if (problem !== null) return problem;
  if (/^[/~]/.test(value)) return `expected a folder relative to the repository, found "${truncate(value, 60)}"`;
  const parts = value.split('/');
  if (parts.slice(1).includes('..')) return '".." may only be its first part: worktrees lie in the repository or beside it';
  return parts.includes('.git') ? 'worktrees cannot lie in .git' : null;
}

function trailerProblem(value: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9-]*: \S/.test(value)) return `expected "Name: value", found "${truncate(value, 60)}"`;
  return placesProblem(value, ['agent', 'model'], 'agent');
}

function placesProblem(template: string, allowed: readonly string[], needed: string): string | null {
  const places = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, place = '']) => place);
  const strange = places.find((place) => !allowed.includes(place));
  if (strange !== undefined) return `{${truncate(strange, 20)}} is not known here; expected ${allowed.map((place) => `{${place}}`).join(' or ')}`;
  return places.includes(needed) ? null : `{${needed}} is missing: without it all agents would have the same`;
}

function driverNameProblem(value: string): string | null {
  return /^[\w][\w.-]{0,63}$/.test(value) ? null : 'expected the name of a merge driver, of letters, digits, ".", "_" and "-"';
}

function patternKeyProblem(value: string): string | null {
  if (value.trim() === '') return 'expected a path pattern';
  return escapeText(value) === value ? patternProblem(value) : 'a pattern has no control characters';
}

function patternProblem(value: string): string | null {
  return value.split('/').includes('..') ? 'a pattern stays in the repository: ".." is not allowed' : null;
}

function folderNameProblem(value: string): string | null {
  return value.includes('/') || value === '.' || value === '..' ? `expected a folder's name without "/", found "${truncate(value, 60)}"` : null;
}
