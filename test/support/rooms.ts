import { join } from 'node:path';
import type { CommitId } from '../../src/core/ids.ts';
import { openCleanRoom, type CleanRoom } from '../../src/git/clean-room.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Scratch } from './scratch.ts';

/** The scratch's clean room by the attributes of a commit, where these merge drivers are approved. */
export async function openRoom(made: Scratch, attributesOf = 'main', approved: ReadonlyMap<string, string> = new Map()): Promise<CleanRoom> {
  const repo = await openRepository(made.repo, made.env);
  return openCleanRoom(repo, join(repo.commonDir, 'aiteam', 'clean-room'), made.git(['rev-parse', attributesOf]) as CommitId, approved);
}
