import { refusal } from '../../core/errors.ts';
import type { AgentId, CommitId, RefName, TreeId } from '../../core/ids.ts';
import { manyTreeChanges } from '../../git/diff.ts';
import type { Context } from '../context.ts';
import { oneByPrefix } from '../one-by-prefix.ts';
import { openWorkspace } from '../open-workspace.ts';
import type { Workspace } from '../workspace.ts';

/** Uncommitted work of an agent, put aside under a ref of its own. */
export interface Shelf {
  readonly id: string;
  readonly agent: AgentId;
  readonly ref: RefName;
  readonly commit: CommitId;
  /** What it was made on. */
  readonly base: CommitId;
  /** What of it was staged. */
  readonly staged: CommitId;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const PREFIX = 'refs/aiteam/shelf/';

/** The ref of a shelf. */
export function shelfRef(agent: AgentId, id: string): RefName {
  return `${PREFIX}${agent}/${id}` as RefName;
}

/** Every shelf, or those of one agent, the newest first. */
export async function shelvesOf({ git }: Pick<Workspace, 'git'>, agent: AgentId | null): Promise<Shelf[]> {
  const format = '%(refname)%00%(objectname)%00%(parent)%00%(committerdate:unix)%00%(contents:subject)';
  const out = await git.text(['for-each-ref', '--sort=-committerdate', `--format=${format}`, agent === null ? PREFIX : `${PREFIX}${agent}/`]);
  return out.split('\n').filter((line) => line !== '').map((line) => {
    const [ref = '', commit = '', parents = '', at = '', message = ''] = line.split('\0');
    const [base = '', staged = ''] = parents.split(' ');
    const [owner = '', id = ''] = ref.slice(PREFIX.length).split('/');
    return { id, agent: owner as AgentId, ref: ref as RefName, commit: commit as CommitId, base: base as CommitId, staged: staged as CommitId, message, at: Number(at) * 1000 };
  });
}

/** The shelf that is meant: by its id or the beginning of it, else the agent's newest. Errors: `unknown-shelf`, `ambiguous-shelf`, `no-shelf`. */
export function requireShelf(shelves: readonly Shelf[], id: string | null): Shelf {
  if (id !== null) return oneByPrefix(shelves, id, 'shelf', 'aiteam shelve list');
  const [newest] = shelves;
  if (newest === undefined) throw refusal('no-shelf', 'nothing is shelved', 'aiteam shelve list shows the shelves of all');
  return newest;
}

/** The shelves with how many files each has. */
export async function listShelves(context: Context): Promise<(Shelf & { readonly files: number })[]> {
  const { git } = await openWorkspace(context);
  const shelves = await shelvesOf({ git }, null);
  if (shelves.length === 0) return [];
  const trees = (await git.text(['rev-parse', ...shelves.flatMap(({ base, commit }) => [`${base}^{tree}`, `${commit}^{tree}`])])).split('\n') as TreeId[];
  const changes = await manyTreeChanges(git, shelves.map((_shelf, index) => [trees[2 * index] as TreeId, trees[2 * index + 1] as TreeId]));
  return shelves.map((shelf, index) => ({ ...shelf, files: changes[index]?.length ?? 0 }));
}
