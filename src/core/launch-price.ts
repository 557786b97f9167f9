import type { Launch } from './launch.ts';
import { isPriced, type Price } from './prices.ts';

/** Whether what an agent will spend can be told in money. */
export type LaunchPrice =
  | { readonly kind: 'known' }
  /** Nobody knows what this model costs. */
  | { readonly kind: 'unpriced'; readonly model: string }
  /** Nothing says which model it is: its client chooses. */
  | { readonly kind: 'unsaid' };

/** Whether the price is known of all that an agent asks for: its model, else those of its provider. */
export function launchPrice({ model, provider }: Pick<Launch, 'model' | 'provider'>, own: ReadonlyMap<string, Price>): LaunchPrice {
  const ofProvider = provider === null ? [] : Object.values(provider.models).filter((name): name is string => name !== null);
  const models = model === null ? ofProvider : [model];
  const unpriced = models.find((name) => !isPriced(name, own));
  if (unpriced !== undefined) return { kind: 'unpriced', model: unpriced };
  // What the client chooses there by itself is one of Anthropic's own.
  return models.length > 0 || (provider?.name === 'anthropic' && provider.address === null) ? { kind: 'known' } : { kind: 'unsaid' };
}
