import { join } from 'node:path';
import { agentNameProblem } from '../core/agent-name.ts';
import type { AgentId } from '../core/ids.ts';
import { readIfThere, replaceFile } from './atomic-file.ts';
import { MARKER_FILE } from './layout.ts';

/** Who works in a worktree, as the hooks read it: a line each. */
export interface Marker {
  readonly agent: AgentId;
  readonly model: string | null;
  /** The trailer that the agent's commits get, ready-made. */
  readonly trailer: string;
}

/** Writes the marker into a worktree's own git directory. */
export function writeMarker(gitDir: string, marker: Marker): void {
  const lines = [marker.agent, marker.model ?? '', marker.trailer].map((line) => line.replace(/[\r\n]+/g, ' ').trim());
  replaceFile(join(gitDir, MARKER_FILE), `${lines.join('\n')}\n`);
}

/** The marker in a git directory, or null where there is none, or one that names no agent. */
export function readMarker(gitDir: string): Marker | null {
  const text = readIfThere(join(gitDir, MARKER_FILE));
  if (text === null) return null;
  const [agent = '', model = '', trailer = ''] = text.split('\n');
  return agentNameProblem(agent) === null ? { agent: agent as AgentId, model: model === '' ? null : model, trailer } : null;
}
