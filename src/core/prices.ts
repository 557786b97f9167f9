import { promptTokens, type Tokens } from './tokens.ts';

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheWriteLong: number;
  readonly cacheRead: number;
  /** What all tokens of an answer cost whose prompt is longer than so many tokens. */
  readonly long?: { readonly above: number; readonly price: Omit<Price, 'long'> };
}

/** The month in which the table below was compared with the providers' price lists. */
export const PRICES_OF = '2026-11';

/** Anthropic: a cache write costs 1.25 times the input, one for an hour twice as much as the input. */
function anthropic(input: number, output: number, cacheRead = input / 10): Price {
  return { input, output, cacheWrite: input * 1.25, cacheWriteLong: input * 2, cacheRead };
}

/** Providers that cache by themselves: writing costs what the input costs. */
function others(input: number, cacheRead: number, output: number): Price {
  return { input, output, cacheWrite: input, cacheWriteLong: input, cacheRead };
}

/** List prices by model, without discounts for batches or subscriptions. */
const BUILT_IN: ReadonlyMap<string, Price> = new Map(Object.entries({
  'claude-fable-5': anthropic(10, 50), 'claude-fable-5-1': anthropic(10, 50, 0.25),
  'claude-opus-4': anthropic(15, 75), 'claude-opus-4-1': anthropic(15, 75),
  'claude-opus-4-5': anthropic(5, 25), 'claude-opus-4-6': anthropic(5, 25), 'claude-opus-4-7': anthropic(5, 25), 'claude-opus-4-8': anthropic(5, 25),
  'claude-opus-5': anthropic(5, 25), 'claude-opus-5-5': anthropic(4, 20, 0.2),
  'claude-sonnet-4': { ...anthropic(3, 15), long: { above: 200_000, price: anthropic(6, 22.5) } },
  'claude-sonnet-4-5': { ...anthropic(3, 15), long: { above: 200_000, price: anthropic(6, 22.5) } },
  'claude-sonnet-4-6': anthropic(3, 15), 'claude-sonnet-5': anthropic(2, 10), 'claude-sonnet-5-5': anthropic(2, 10, 0.1),
  'claude-3-5-haiku': anthropic(0.8, 4), 'claude-haiku-4-5': anthropic(1, 5),
  'claude-haiku-5-5': { ...anthropic(0.1, 0.5), long: { above: 100_000, price: anthropic(0.5, 2.5) } },
  'glm-4.5': others(0.6, 0.11, 2.2), 'glm-4.5-air': others(0.2, 0.03, 1.1), 'glm-4.6': others(0.6, 0.11, 2.2), 'glm-4.7': others(0.6, 0.11, 2.2),
  'glm-5': others(1, 0.2, 3.2), 'glm-5-turbo': others(1.2, 0.24, 4), 'glm-5.1': others(1.4, 0.26, 4.4), 'glm-5.2': others(1.4, 0.26, 4.4), 'glm-5.3': others(1.4, 0.26, 4.4),
  'deepseek-chat': others(0.28, 0.028, 0.42), 'deepseek-reasoner': others(0.28, 0.028, 0.42),
  'deepseek-v4-flash': others(0.14, 0.0028, 0.28), 'deepseek-v4-pro': others(0.435, 0.003625, 0.87),
  'gpt-5': others(1.25, 0.125, 10), 'gpt-5-codex': others(1.25, 0.125, 10), 'gpt-5-mini': others(0.25, 0.025, 2),
  'gpt-5.1': others(1.25, 0.125, 10), 'gpt-5.1-codex': others(1.25, 0.125, 10), 'gpt-5.1-codex-max': others(1.25, 0.125, 10), 'gpt-5.1-codex-mini': others(0.25, 0.025, 2),
  'gpt-5.2': others(1.75, 0.175, 14), 'gpt-5.2-codex': others(1.75, 0.175, 14), 'gpt-5.3-codex': others(1.75, 0.175, 14),
}));

/** The price of a model: one of the configuration's own, else a list price; null where nobody knows it. */
export function priceOf(model: string, own: ReadonlyMap<string, Price>): Price | null {
  return own.get(model) ?? own.get(plainName(model)) ?? BUILT_IN.get(plainName(model)) ?? null;
}

/** Whether what this model costs is known; a client's own word for the newest of a family, such as `opus`, is known where the family is. */
export function isPriced(model: string, own: ReadonlyMap<string, Price>): boolean {
  const word = model.toLowerCase().replace(/\[\w+\]$/, '');
  const whole = `claude-${word.replaceAll('.', '-')}`;
  return priceOf(model, own) !== null || priceOf(whole, own) !== null || (/^[a-z]+$/.test(word) && [...BUILT_IN.keys()].some((name) => name.startsWith(`${whole}-`)));
}

/** The name without a release's date, the mark of a long context, and `-latest`: `claude-opus-4-5-20251101` → `claude-opus-4-5`. */
function plainName(model: string): string {
  return model.toLowerCase().replace(/\[\w+\]$/, '').replace(/[-@]?(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '').replace(/-(?:latest|0)$/, '');
}

/** US dollars for one answer. */
export function costOf(tokens: Tokens, price: Price): number {
  const { input, output, cacheWrite, cacheWriteLong, cacheRead } = price.long !== undefined && promptTokens(tokens) > price.long.above ? price.long.price : price;
  return (tokens.input * input + tokens.output * output + tokens.cacheWrite * cacheWrite + tokens.cacheWriteLong * cacheWriteLong + tokens.cacheRead * cacheRead) / 1e6;
}
