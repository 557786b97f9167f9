import type { OtherSide } from '../../core/events.ts';
import type { Lines } from '../../core/hunks.ts';
import type { BlobId, CommitId, RepoPath } from '../../core/ids.ts';
import { landingOf } from '../../core/ledger.ts';
import { mergeBase } from '../../git/commits.ts';
import type { Git } from '../../git/git.ts';
import { lastWriter } from '../../git/last-writer.ts';
import type { Workspace } from '../workspace.ts';

/** Lines of a version of a file, in a commit that has it. */
interface Owned {
  readonly path: RepoPath;
  readonly blob: BlobId | null;
  readonly lines: Lines | null;
}

/** Who last wrote something, each question asked once. */
export interface Owners {
  /** Of what two commits have in common. */
  inBase(merge: readonly [CommitId, CommitId], owned: Owned): Promise<OtherSide>;
  /** Of what the first of two commits has and their base has not. */
  onFirst(merge: readonly [CommitId, CommitId], owned: Owned): Promise<OtherSide>;
}

/** Looks owners up in landings: what no landing and no commit since the first of them wrote is unknown. */
export function ownersIn({ ledger, target }: Workspace, git: Git): Owners {
  const landings = [...ledger.landings.values()].filter((landing) => landing.target === target);
  const first = landings.reduce((oldest, landing) => (oldest === undefined || landing.at < oldest.at ? landing : oldest), landings[0]);
  const bases = new Map<string, Promise<CommitId | null>>();
  const answers = new Map<string, Promise<OtherSide>>();
  const baseOf = ([a, b]: readonly [CommitId, CommitId]): Promise<CommitId | null> => once(bases, `${a} ${b}`, () => mergeBase(git, a, b));
  const ask = (range: { base: CommitId | null; tip: CommitId }, owned: Owned): Promise<OtherSide> =>
    once(answers, JSON.stringify([range, owned]), async (): Promise<OtherSide> => {
      const commit = await lastWriter(git, range, owned);
      if (commit === null) return { kind: 'unknown' };
      const landed = landingOf(landings, commit)?.agents.find((entry) => entry.commit === commit);
      return landed === undefined ? { kind: 'human', commit } : { kind: 'agent', agent: landed.agent, commit };
    });
  return {
    inBase: async (merge, owned) => {
      const tip = first === undefined ? null : await baseOf(merge);
      return tip === null || first === undefined ? { kind: 'unknown' } : ask({ base: first.old, tip }, owned);
    },
    onFirst: async (merge, owned) => ask({ base: await baseOf(merge), tip: merge[0] }, owned),
  };
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
