import { branchNameProblem, newBranchProblem } from '../../core/branch-name.ts';
import { refusal, usageError, type AiteamError } from '../../core/errors.ts';
import { branchRef } from '../../core/ids.ts';
import { presentAgents } from '../../core/ledger.ts';
import { escapeText } from '../../core/text.ts';
import { resolveCommit } from '../../git/refs.ts';
import type { Workspace } from '../workspace.ts';

/** What to type to land on a branch. */
export function integrateCommand(workspace: Workspace, target: string): string {
  return target === workspace.target ? 'aiteam integrate' : `aiteam integrate --into ${escapeText(target)}`;
}

/**
 * The short name of the branch that somebody wants to land on. Errors: `into-name` (usage) for what no branch is called;
 * `into-missing` where there is no such branch; `into-agent` for one that an agent works on.
 */
export async function requireInto(workspace: Workspace, given: string): Promise<string> {
  const { git, ledger, target } = workspace;
  const name = given.startsWith('refs/heads/') ? given.slice('refs/heads/'.length) : given;
  const problem = branchNameProblem(name);
  if (problem !== null) throw usageError('into-name', `"${escapeText(name)}" is no branch to land on: ${problem}`, 'git branch --list', `without --into, ${target} is landed on: aiteam integrate`);
  if (await resolveCommit(git, branchRef(name)) === null) throw await missing(workspace, name);
  const owner = name === target ? undefined : presentAgents(ledger).find(({ branch }) => branch === name);
  if (owner === undefined) return name;
  throw refusal('into-agent', `${escapeText(name)} is the branch that ${owner.agent} works on`, ...await newBranch(workspace, 'integration', target), `to bring ${target} into it: aiteam sync ${owner.agent}`);
}

async function missing(workspace: Workspace, name: string): Promise<AiteamError> {
  const { target } = workspace;
  const shown = escapeText(name);
  const kind = await kindOf(workspace, name);
  if (kind !== null) {
    const wanted = kind === 'a remote-tracking branch' ? name.replace(/^(refs\/remotes\/)?[^/]+\//, '') : 'integration';
    return refusal('into-missing', `"${shown}" is ${kind}, and only a branch can be landed on`, ...await newBranch(workspace, wanted, name));
  }
  return refusal('into-missing', `there is no branch "${shown}"`, ...await newBranch(workspace, name, target));
}

async function kindOf({ git }: Workspace, name: string): Promise<string | null> {
  const is = async (ref: string): Promise<boolean> => await resolveCommit(git, ref) !== null;
  if (name.startsWith('refs/tags/') || await is(`refs/tags/${name}`)) return 'a tag';
  if (name.startsWith('refs/remotes/') || await is(`refs/remotes/${name}`)) return 'a remote-tracking branch';
  return await is(name) ? 'a commit' : null;
}

/** The commands that make a branch, under another name where that is taken, and land on it. */
async function newBranch(workspace: Workspace, wanted: string, from: string): Promise<string[]> {
  let name = wanted;
  for (let count = 2; await resolveCommit(workspace.git, branchRef(name)) !== null; count += 1) name = `${wanted}-${count}`;
  return newBranchProblem(name) === null && newBranchProblem(from) === null ? [`git branch ${name} ${from}`, `then: aiteam integrate --into ${name}`] : ['git branch --list'];
}
