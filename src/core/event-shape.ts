import type { Event } from './events.ts';

type Shape = 'text' | 'text?' | 'list' | 'number' | 'flag' | 'other';

/** The fields that each kind must have; a record that lacks one is as good as torn. */
const SHAPES: { readonly [Kind in Event['kind']]: Readonly<Record<string, Shape>> } = {
  'agent-added': { agent: 'text', branch: 'text', worktree: 'text', role: 'text?' },
  'agent-removed': { agent: 'text', branch: 'text', tip: 'text?' },
  'branch-set': { agent: 'text', branch: 'text' },
  moved: { agent: 'text', worktree: 'text' },
  task: { agent: 'text', task: 'text?', files: 'list' },
  ran: { agent: 'text' },
  ready: { agent: 'text', tip: 'text' },
  unready: { agent: 'text' },
  commit: { agent: 'text', id: 'text' },
  rewrite: { agent: 'text', old: 'text', id: 'text' },
  walked: { agent: 'text', tip: 'text' },
  handoff: { id: 'text', from: 'text', to: 'text', task: 'text', context: 'text?', files: 'list', notes: 'text?', commit: 'text?', verified: 'flag' },
  'handoff-closed': { id: 'text', by: 'text', how: 'text', why: 'text?' },
  landing: { id: 'text', target: 'text', old: 'text', new: 'text', strategy: 'text', agents: 'list', gates: 'list' },
  undo: { id: 'text', undoes: 'text', target: 'text', old: 'text', new: 'text', how: 'text' },
  synced: { agent: 'text', target: 'text', way: 'text', old: 'text', new: 'text', onto: 'text', commits: 'list' },
  gate: { key: 'text', name: 'text', tree: 'text', verdict: 'text', ms: 'number' },
  conflict: { id: 'text', agent: 'text', path: 'text', level: 'text', type: 'text', lines: 'other', base: 'text?', tip: 'text', onto: 'text', other: 'other', excerpt: 'other' },
  resolution: { id: 'text', take: 'list', by: 'text', commit: 'text' },
  'resolution-dropped': { id: 'text', by: 'text' },
  'conflict-closed': { id: 'text', how: 'text' },
  lock: { holder: 'text', patterns: 'list', until: 'number', why: 'text?' },
  unlock: { holder: 'text', patterns: 'list', by: 'text' },
  overlap: { id: 'text', path: 'text', level: 'text', verdict: 'text', type: 'text', lines: 'other', sides: 'list', owner: 'other', advice: 'other' },
  budget: { agent: 'text', what: 'text', whose: 'text?', amount: 'number', per: 'text?', usd: 'number', atLeast: 'flag' },
  'over-budget': { agent: 'text', budgets: 'list' },
  idled: { agent: 'text', ms: 'number' },
  trashed: { id: 'text', agent: 'text?', what: 'text' },
  warning: { agent: 'text', commit: 'text', message: 'text' },
};

/** Whether a parsed JSON value is an event with a time: every field that its kind must have, of the right type. */
export function isTimedEvent(value: unknown): value is Event & { readonly at: number } {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const kind = fields['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind) || !Number.isFinite(fields['at'])) return false;
  return Object.entries(SHAPES[kind as Event['kind']]).every(([name, shape]) => fits(fields[name], shape));
}

/** Every kind of event that this version knows. */
export const EVENT_KINDS: readonly string[] = Object.keys(SHAPES).sort();

/** Whether a parsed JSON value is an event of a kind that only a newer version knows. */
export function isUnknownEvent(value: unknown): boolean {
  const kind = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['kind'] : undefined;
  return typeof kind === 'string' && !Object.hasOwn(SHAPES, kind);
}

function fits(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case 'text': return typeof value === 'string';
    case 'text?': return value === null || typeof value === 'string';
    case 'list': return Array.isArray(value);
    case 'number': return Number.isFinite(value);
    case 'flag': return typeof value === 'boolean';
    case 'other': return value === null || typeof value === 'object';
  }
}
