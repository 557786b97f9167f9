import { loadUserConfig } from '../config/user.ts';
import { NO_USER_CONFIG, type UserConfig } from '../core/config.ts';
import { AiteamError } from '../core/errors.ts';
import { warn, type Context } from './context.ts';
import { isExpectedFailure } from './expected-failure.ts';

/** The user's own configuration, for what is only shown: where it cannot be read that is said, and nothing of it counts. */
export async function ownConfiguration(context: Context): Promise<UserConfig> {
  try {
    return await loadUserConfig(context.env);
  } catch (error) {
    if (!isExpectedFailure(error)) throw error;
    warn(context, `${error.message}; its prices and budgets are left out here`, ...(error instanceof AiteamError ? error.hints : []));
    return NO_USER_CONFIG;
  }
}
