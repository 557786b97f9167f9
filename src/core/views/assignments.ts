import { escapeText, jsonText } from '../text.ts';
import type { Team } from './team.ts';

/** The text of assignments.json: who is doing what. */
export function renderAssignments(team: Team): string {
  const assignments = team.members.map(({ agent, role, task, branch, worktree, files }) => ({
    agent, role, task: task === null ? null : escapeText(task), branch, worktree, files,
  }));
  return `${jsonText({ version: 1, target: team.target, assignments })}\n`;
}
