import { refusal, type AiteamError } from '../core/errors.ts';

/** The refusal for a partial clone that could not fetch what it lacks, by what git said; null where that is not why it failed. */
export function missingObjects(stderr: string): AiteamError | null {
  const [, object] = /could not fetch ([0-9a-f]+) from promisor remote/.exec(stderr) ?? [];
  return object === undefined ? null : refusal(
    'objects-missing', `this is a partial clone, and git could not fetch what it lacks (${object.slice(0, 12)}): its remote does not answer`,
    'see that the remote can be reached: git fetch', 'or fetch everything once while it can: git fetch --refetch --no-filter',
  );
}
