import { configuredCommands } from '../core/approval.ts';
import type { CommitId } from '../core/ids.ts';
import { escapeText } from '../core/text.ts';
import { openCleanRoom, type CleanRoom } from '../git/clean-room.ts';
import { isApproved } from './approval.ts';
import { doing, warn } from './context.ts';
import type { Workspace } from './workspace.ts';

/** The clean room by a commit's attributes, with the merge drivers that the user approved. Says where git may fetch. */
export async function openMergeRoom(workspace: Workspace, attributesOf: CommitId): Promise<CleanRoom> {
  const { mergeDrivers } = workspace.config;
  const approved = mergeDrivers.size > 0 && isApproved(workspace, configuredCommands(workspace.config)) ? mergeDrivers : new Map<string, string>();
  const room = await openCleanRoom(workspace.repo, workspace.layout.cleanRoom, attributesOf, approved);
  const [remote] = room.promisors;
  if (remote !== undefined) doing(workspace.context, `this is a partial clone: git fetches from ${escapeText(remote)} what a merge needs and it lacks`);
  return room;
}

/** Warns of settings by which `git merge` on this branch would use another strategy. */
export function warnOfUnheeded(workspace: Workspace, room: CleanRoom, branch: string): void {
  for (const { key, value } of room.unheeded.filter((setting) => !setting.key.startsWith('branch.') || setting.key === `branch.${branch}.mergeoptions`)) {
    warn(workspace.context, `git merge would go by ${escapeText(key)}=${escapeText(value)}; aiteam merges without it, so that the two can differ`);
  }
}
