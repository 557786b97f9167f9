import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { addWorktrees } from '../../operations/worktree/add.ts';
import { adoptWorktree } from '../../operations/worktree/adopt.ts';
import { listAgentWorktrees, worktreePath } from '../../operations/worktree/list.ts';
import { pruneWorktrees } from '../../operations/worktree/prune.ts';
import { removeWorktrees } from '../../operations/worktree/remove.ts';
import { repairMoved } from '../../operations/worktree/repair.ts';
import { setBranch } from '../../operations/worktree/set-branch.ts';
import { addedExitCode, addedJson, renderAdded } from '../render/worktree-add.ts';
import { removalExitCode, removalJson, renderRemoval } from '../render/worktree-remove.ts';
import { renderAdopted, renderPruned, renderRepaired, renderSetBranch, renderWorktreeList } from '../render/worktree.ts';
import type { Cli } from '../run-command.ts';

interface AddOptions {
  readonly from?: string;
  readonly branch?: string;
  readonly path?: string;
  readonly task?: string;
  readonly role?: string;
}

interface RemoveOptions {
  readonly force?: boolean;
  readonly discard?: boolean;
  readonly keepBranch?: boolean;
}

export function define(program: Command, cli: Cli): void {
  const worktree = program.command('worktree').description('the agents\' worktrees: add, list, remove and mend them');
  defineAdd(worktree, cli);
  defineList(worktree, cli);
  defineRemove(worktree, cli);
  defineMending(worktree, cli);
}

function defineAdd(worktree: Command, cli: Cli): void {
  worktree
    .command('add')
    .description('make a worktree and a branch for each agent')
    .argument('<agent...>', 'the agents\' names')
    .option('--from <revision>', 'where new branches begin; without it the target')
    .option('--branch <name>', 'the branch, made or attached; {agent} is filled in')
    .option('--path <folder>', 'the worktree\'s folder; {agent} is filled in')
    .option('--task <text>', 'what the agent is to do')
    .option('--role <role>', 'the agent\'s role, instead of the configured one')
    .option('--json', 'print JSON')
    .action(cli.action(async (agents: string[], options: AddOptions) => {
      const added = await addWorktrees(cli.context, {
        agents: [...new Set(agents)].map(parseAgentId), from: options.from ?? null, branch: options.branch ?? null, path: options.path ?? null,
        task: options.task ?? null, role: options.role ?? null,
      });
      return { json: { worktrees: added.map(addedJson) }, text: (style) => renderAdded(added, style), exitCode: addedExitCode(added) };
    }));
}

function defineList(worktree: Command, cli: Cli): void {
  worktree
    .command('list')
    .alias('ls')
    .description('list the agents\' worktrees')
    .option('--names', 'print the agents\' names only, one a line')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { names?: boolean; json?: boolean }) => {
      const list = await listAgentWorktrees(cli.context);
      const names = list.agents.map(({ agent }) => `${agent}\n`).join('');
      return { json: { worktrees: list.agents, others: list.others }, text: (style) => (options.names === true ? names : renderWorktreeList(list, style)) };
    }));
  worktree
    .command('path')
    .description('print the folder of an agent\'s worktree')
    .argument('<agent>', 'the agent\'s name')
    .option('--json', 'print JSON')
    .action(cli.action(async (agent: string, _options: { json?: boolean }) => {
      const path = await worktreePath(cli.context, parseAgentId(agent));
      return { json: { agent, path }, text: () => path };
    }));
}

function defineRemove(worktree: Command, cli: Cli): void {
  worktree
    .command('remove')
    .alias('rm')
    .description('remove agents\' worktrees, and their branches where they have landed; everything goes to the trash')
    .argument('<agent...>', 'the agents\' names')
    .option('-f, --force', 'accept the loss of uncommitted and untracked files')
    .option('-D, --discard', 'accept the loss of commits that did not land')
    .option('--keep-branch', 'keep the branch')
    .option('--json', 'print JSON')
    .action(cli.action(async (agents: string[], options: RemoveOptions) => {
      const removed = await removeWorktrees(cli.context, [...new Set(agents)].map(parseAgentId), {
        force: options.force === true, discard: options.discard === true, keepBranch: options.keepBranch === true,
      });
      return { json: { worktrees: removed.map(removalJson) }, text: (style) => renderRemoval(removed, style), exitCode: removalExitCode(removed) };
    }));
}

function defineMending(worktree: Command, cli: Cli): void {
  worktree
    .command('prune')
    .description('forget agents whose worktree was deleted by hand; their branches stay')
    .option('-n, --dry-run', 'show what would be forgotten')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { dryRun?: boolean; json?: boolean }) => {
      const dryRun = options.dryRun === true;
      const pruned = await pruneWorktrees(cli.context, dryRun);
      return { json: { dryRun, worktrees: pruned }, text: (style) => renderPruned(pruned, dryRun, style) };
    }));
  worktree
    .command('repair')
    .description('connect worktrees that were moved by hand with the repository again')
    .argument('[path...]', 'where they are now; those beside their old place are found')
    .option('--json', 'print JSON')
    .action(cli.action(async (paths: string[], _options: { json?: boolean }) => {
      const repaired = await repairMoved(cli.context, paths);
      return { json: { ...repaired }, text: (style) => renderRepaired(repaired, style), exitCode: repaired.missing.length > 0 ? 3 : 0 };
    }));
  worktree
    .command('set-branch')
    .description('record another branch as an agent\'s own; nothing is checked out')
    .argument('<agent>', 'the agent\'s name')
    .argument('<branch>', 'a local branch')
    .option('--json', 'print JSON')
    .action(cli.action(async (agent: string, branch: string, _options: { json?: boolean }) => {
      const change = await setBranch(cli.context, parseAgentId(agent), branch);
      return { json: change, text: (style) => renderSetBranch(change, style) };
    }));
  worktree
    .command('adopt')
    .description('make a worktree that git or another tool made an agent\'s own')
    .argument('<path>', 'the worktree\'s folder')
    .option('--agent <name>', 'the agent; without it the one that branch or folder is named after')
    .option('--task <text>', 'what the agent is to do')
    .option('--role <role>', 'the agent\'s role')
    .option('--json', 'print JSON')
    .action(cli.action(async (path: string, options: { agent?: string; task?: string; role?: string; json?: boolean }) => {
      const adopted = await adoptWorktree(cli.context, {
        path, agent: options.agent === undefined ? null : parseAgentId(options.agent), task: options.task ?? null, role: options.role ?? null,
      });
      return { json: { ...adopted }, text: (style) => renderAdopted(adopted, style) };
    }));
}
