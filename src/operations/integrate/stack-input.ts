import type { Candidate } from '../../core/candidates.ts';
import type { Strategy } from '../../core/events.ts';
import type { AgentId, CommitId } from '../../core/ids.ts';
import type { CleanRoom } from '../../git/clean-room.ts';
import type { Signature } from '../../git/signature.ts';
import type { Workspace } from '../workspace.ts';
import type { MergeBasis } from './merge-point.ts';

/** What a stack is made of. */
export interface StackInput {
  readonly workspace: Workspace;
  /** With the attributes of `base`. */
  readonly room: CleanRoom;
  readonly target: string;
  readonly base: CommitId;
  readonly candidates: readonly Candidate[];
  readonly strategy: Strategy;
  /** From where the merges of these candidates count. */
  readonly bases: ReadonlyMap<AgentId, MergeBasis>;
  readonly sign: boolean;
  /** In whose name merges are made, where many are made at once. */
  readonly signature: Signature;
  /** Name and address for a Signed-off-by line, or null. */
  readonly signoff: string | null;
  /** Whether a branch that has no commit in common with the target is merged all the same. */
  readonly allowUnrelated: boolean;
}
