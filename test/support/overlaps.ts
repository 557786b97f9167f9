import { findOverlaps, type Overlaps, type OverlapsInput } from '../../src/operations/overlaps/overlaps.ts';
import type { Scratch } from './scratch.ts';

/** What the radar finds in the scratch, in this process. */
export async function overlapsIn(made: Scratch, input: Partial<OverlapsInput> = {}): Promise<Overlaps> {
  return findOverlaps({ cwd: made.repo, env: made.env, narrate: () => undefined, confirm: null }, { names: [], log: false, ...input });
}
