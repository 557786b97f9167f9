import { loadUserConfig } from '../../config/user.ts';
import type { Config } from '../../core/config.ts';
import type { Env } from '../../process/run.ts';

/** The configuration with the slots of the user's own file too, which go before a project's. Errors: `config-invalid`, `config-unsafe`. */
export async function withOwnSlots(config: Config, env: Env): Promise<Config> {
  const { slots } = await loadUserConfig(env);
  return slots.size === 0 ? config : { ...config, slots: new Map([...config.slots, ...slots]) };
}
