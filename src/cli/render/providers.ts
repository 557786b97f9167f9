import type { Change } from '../../core/environment-plan.ts';
import { USUAL_PROVIDER_VARIABLES } from '../../core/provider-variables.ts';
import { escapeText } from '../../core/text.ts';
import { ROLE_PRESETS } from '../../core/usual-team.ts';
import type { ListedProvider } from '../../operations/providers.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '    ';

/** A provider in a few lines: its name and agents, its address, its key, what it sets; the roles at the end. */
export function renderProviders(providers: readonly ListedProvider[], style: Style): string {
  const lines = providers.flatMap((listed) => [
    `${style.bold(escapeText(listed.provider.name))}${agentsOf(listed)}`,
    ...notesOf(listed, style),
  ]);
  const roles = ROLE_PRESETS.flatMap(({ role, provider, model, does }) => wrap(`${role}: ${model} of ${provider} (${does})`, style.width - INDENT.length).map((line) => INDENT + line));
  return [...lines, '', ...wrap('An agent gets what its provider sets; the variables of all others are unset.', style.width), '', style.bold('roles, where an agent has only that'), ...roles].join('\n');
}

function agentsOf({ agents }: ListedProvider): string {
  return agents.length === 0 ? '' : `  ${agents.map(escapeText).join(', ')}`;
}

function notesOf(listed: ListedProvider, style: Style): string[] {
  const { provider, problem, sets } = listed;
  const note = (text: string, colour: (text: string) => string = (same) => same): string[] => wrap(text, style.width - INDENT.length).map((line) => INDENT + colour(line));
  const models = Object.entries(provider.models).flatMap(([size, model]) => (model === null ? [] : [`${size} is ${escapeText(model)}`]));
  return [
    ...note(`${escapeText(provider.title)}${provider.address === null ? '' : `, ${escapeText(provider.address)}`}${provider.origin === 'built-in' ? '' : ` (${provider.origin === 'user' ? 'of your own configuration' : 'of .aiteam.yaml'})`}`),
    ...note(`key: ${keyText(listed)}`, isMissing(listed) ? style.yellow : style.green),
    ...(models.length === 0 ? [] : note(`models: ${models.join(', ')}`)),
    ...note(`sets: ${sets.map(({ name }) => name).join(', ') || 'nothing'}`, style.dim),
    ...(problem === null ? [] : note(escapeText(problem), style.yellow)),
  ];
}

function isMissing({ provider, keys, problem }: ListedProvider): boolean {
  return problem !== null || (provider.token.kind === 'variable' && !keys.some(({ isSet }) => isSet));
}

function keyText({ provider, keys }: ListedProvider): string {
  const found = keys.find(({ isSet }) => isSet);
  switch (provider.token.kind) {
    case 'login': return found === undefined ? `the client's own login, or ${keys.map(({ variable }) => variable).join(' or ')}` : `${found.variable} is set`;
    case 'variable': return found === undefined ? `${provider.token.from}, which is not set` : `${found.variable} is set`;
    case 'word': return 'none is needed';
    case 'unsaid': return 'nobody said which variable has it';
  }
}

export function providersJson(providers: readonly ListedProvider[]): Record<string, unknown> {
  return {
    providers: providers.map(({ provider, keys, sets, agents, problem }) => ({
      name: provider.name, title: provider.title, kind: provider.api, address: provider.address, origin: provider.origin,
      key: { needed: provider.token.kind === 'variable' || provider.token.kind === 'unsaid', login: provider.token.kind === 'login', variables: keys },
      models: provider.models, command: [provider.command.program, ...provider.command.args],
      ...changesJson(sets), unsets: USUAL_PROVIDER_VARIABLES.filter((name) => !sets.some((change) => change.name === name) && !(provider.token.kind === 'login' && provider.token.variables.includes(name))), agents, problem,
    })),
    roles: ROLE_PRESETS,
  };
}

/** What is set to a value, and what is copied from a variable: no secret stands in either. */
export function changesJson(changes: readonly Change[]): { sets: Record<string, string>; copies: Record<string, string> } {
  return {
    sets: Object.fromEntries(changes.flatMap((change) => (change.kind === 'set' ? [[change.name, change.value]] : []))),
    copies: Object.fromEntries(changes.flatMap((change) => (change.kind === 'copy' ? [[change.name, change.from]] : []))),
  };
}
