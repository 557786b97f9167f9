import type { Launch } from './launch.ts';
import { isPriced, type Price } from './prices.ts';
import type { Tier } from './providers.ts';

/** Whether what an agent will spend can be told in money. */
export type LaunchPrice =
  | { readonly kind: 'known' }
  /** Nobody knows what this model costs. */
  | { readonly kind: 'unpriced'; readonly model: string }
  /** Nothing says which model it is: its client chooses. */
  | { readonly kind: 'unsaid' };

/** Whether the price is known of all that an agent asks for: its model, and those of its provider that it does not stand for, since a client does small things with a small one. */
export function launchPrice({ model, provider }: Pick<Launch, 'model' | 'provider'>, own: ReadonlyMap<string, Price>): LaunchPrice {
  const tiers = provider === null || (model !== null && provider.api !== 'anthropic') ? [] : (Object.keys(provider.models) as Tier[]).filter((tier) => model === null || !provider.modelFor.includes(tier));
  const ofProvider = tiers.flatMap((tier) => provider?.models[tier] ?? []);
  const models = model === null ? ofProvider : [model, ...ofProvider];
  const unpriced = models.find((name) => !isPriced(name, own));
  if (unpriced !== undefined) return { kind: 'unpriced', model: unpriced };
  // What the client chooses there by itself is one of Anthropic's own.
  return models.length > 0 || (provider?.name === 'anthropic' && provider.address === null) ? { kind: 'known' } : { kind: 'unsaid' };
}
