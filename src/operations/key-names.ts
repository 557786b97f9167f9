import { loadUserConfig } from '../config/user.ts';
import type { Config } from '../core/config.ts';
import { allProviders, tokenVariables } from '../core/providers.ts';
import type { Context } from './context.ts';

/** The variables that keys of all known providers are taken from. Errors: those of the user's own configuration. */
export async function keyNames({ context, config }: { readonly context: Context; readonly config: Config }): Promise<string[]> {
  const user = await loadUserConfig(context.env);
  return allProviders({ project: config.providers, user: user.providers }).flatMap(tokenVariables);
}
