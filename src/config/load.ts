import { DEFAULT_CONFIG, type Config } from '../core/config.ts';
import type { Repository } from '../git/repository.ts';

export async function loadConfig(_repo: Repository): Promise<Config> {
  return DEFAULT_CONFIG;
}
