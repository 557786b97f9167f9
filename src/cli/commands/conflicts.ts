import { Option, type Command } from 'commander';
import { usageError } from '../../core/errors.ts';
import { presentAgents } from '../../core/ledger.ts';
import { escapeText, showPath, truncate } from '../../core/text.ts';
import { askThrough } from '../../operations/conflicts/ask.ts';
import { dropKept } from '../../operations/conflicts/drop.ts';
import { giveConflicts } from '../../operations/conflicts/give.ts';
import { listConflicts } from '../../operations/conflicts/list.ts';
import { startResolution } from '../../operations/conflicts/resolve-in-worktree.ts';
import { showConflict } from '../../operations/conflicts/show.ts';
import { requireSelection } from '../../operations/conflicts/select.ts';
import { takeSides } from '../../operations/conflicts/take-sides.ts';
import { openWorkspace } from '../../operations/open-workspace.ts';
import { readLines } from '../read-lines.ts';
import { beyondJson, renderBeyond } from '../render/beyond.ts';
import { conflictJson, renderConflict, renderConflictList, renderResolutionStarted } from '../render/conflict.ts';
import { handoffJson } from '../render/handoff.ts';
import { renderDropped, renderGiven, renderQuestion, renderTaken, takenJson } from '../render/resolution.ts';
import { styleFor } from '../render/style.ts';
import type { Answer, Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  const conflicts = program.command('conflicts').description('review what integrate met, and settle it');
  conflicts
    .command('list', { isDefault: true })
    .description('list open conflicts, those that are not about lines first')
    .option('--all', 'those that are over too')
    .option('--exit-code', 'exit with 3 where any is open and not settled')
    .option('--json', 'print JSON')
    .allowExcessArguments()
    .action(cli.action(async (options: { all?: boolean; exitCode?: boolean; json?: boolean }, command: Command) => {
      const [word] = command.args;
      // An id after `conflicts` means to see it.
      if (word !== undefined) throw usageError('unknown-command', `"${truncate(escapeText(word), 40)}" is no command of conflicts`, `aiteam conflicts show ${/^[0-9a-f]+$/.test(word) ? word : 'ID'}`, 'aiteam conflicts --help');
      const list = await listConflicts(cli.context, options.all === true);
      const open = list.entries.some(({ state }) => state === 'open' || state === 'resolving');
      return {
        json: { target: list.target, conflicts: list.entries.map(conflictJson) },
        text: (style) => renderConflictList(list, style),
        exitCode: options.exitCode === true && open ? 3 : 0,
      };
    }));
  conflicts
    .command('show')
    .description('show a conflict: base, both sides and their owners')
    .argument('<id>', 'the conflict\'s id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const { entry, beyond } = await showConflict(cli.context, id);
      return {
        json: { conflict: { ...conflictJson(entry), beyond: beyond === null ? null : beyondJson(beyond) } },
        text: (style) => `${renderConflict(entry, style)}${beyond === null ? '' : `\n${renderBeyond(beyond, style).join('\n')}\n`}`,
      };
    }));
  conflicts
    .command('resolve')
    .description('settle conflicts: in the agent\'s worktree, or by taking sides without any checkout')
    .argument('[which...]', 'ids, or the beginnings of ids; an agent for all of its branch\'s')
    .option('--path <path>', 'only those in this file')
    .addOption(new Option('--take <side>', 'keep this side\'s version: the agent, the branch that is landed on, or the lines of both in this order (glm,main)').conflicts(['ask', 'inWorktree', 'to']))
    .addOption(new Option('--ask', 'ask about each').conflicts(['inWorktree', 'to']))
    .addOption(new Option('--in-worktree', 'merge the target into the agent\'s worktree, with the conflict marked by name; what an id alone does').conflicts(['to', 'path']))
    .addOption(new Option('--to <agent>', 'hand them over to this agent'))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nAn agent\'s name alone asks about each of its conflicts, on a terminal. What is taken is kept, and used and gated by\nthe next integrate; the branch does not move. aiteam conflicts drop ID takes it back.')
    .action(cli.action(async (which: readonly string[], options: ResolveOptions) => {
      const selection = { names: which, path: options.path ?? null };
      if (options.take !== undefined) {
        const result = await takeSides(cli.context, selection, options.take);
        return { json: takenJson(result), text: (style) => renderTaken(result, style) };
      }
      if (options.to !== undefined) {
        const given = await giveConflicts(cli.context, selection, options.to);
        return { json: { handoff: handoffJson(given.handoff), isNew: given.isNew, conflicts: given.entries.map(conflictJson) }, text: (style) => renderGiven(given, style) };
      }
      if (options.ask === true || (options.inWorktree !== true && await areNoIds(cli, selection))) return asked(cli, selection, options.ask === true);
      const [id, ...others] = which;
      if (id === undefined || others.length > 0) throw usageError('one-conflict', 'a worktree is merged into once, for all conflicts of its branch: give one id', 'aiteam conflicts resolve ID', 'to take sides: aiteam conflicts resolve ID… --take SIDE');
      const started = await startResolution(cli.context, id);
      return { json: { ...started, paths: started.paths.map(showPath), unmarked: started.unmarked.map(showPath) }, text: (style) => renderResolutionStarted(started, style) };
    }));
  conflicts
    .command('drop')
    .description('take back what was taken for a conflict: it is open again')
    .argument('<id>', 'the conflict\'s id, or the beginning of it')
    .option('--json', 'print JSON')
    .action(cli.action(async (id: string, _options: { json?: boolean }) => {
      const dropped = await dropKept(cli.context, id);
      return { json: { conflict: conflictJson(dropped.entry), dropped: dropped.resolution.commit }, text: (style) => renderDropped(dropped, style) };
    }));
}

interface ResolveOptions {
  readonly path?: string;
  readonly take?: string;
  readonly ask?: boolean;
  readonly inWorktree?: boolean;
  readonly to?: string;
  readonly json?: boolean;
}

/** Whether a branch or a file is named, or several ids: something to be asked about one by one. */
async function areNoIds(cli: Cli, { names, path }: { names: readonly string[]; path: string | null }): Promise<boolean> {
  if (path !== null || names.length === 0) return true;
  const { ledger } = await openWorkspace(cli.context);
  return names.some((name) => presentAgents(ledger).some(({ agent }) => agent === name));
}

async function asked(cli: Cli, selection: { names: readonly string[]; path: string | null }, inSoManyWords: boolean): Promise<Answer> {
  requireSelection(selection);
  if (!inSoManyWords && cli.context.confirm === null) {
    throw usageError('which-side', 'there is no terminal to ask on: say which side is to be taken', 'aiteam conflicts resolve … --take SIDE', 'or in the agent\'s worktree: aiteam conflicts resolve ID');
  }
  const style = styleFor(process.stderr, cli.context.env);
  const lines = await readLines();
  try {
    const result = await askThrough(cli.context, selection, async (question) => {
      process.stderr.write(renderQuestion(question, style));
      const line = await lines.next();
      // On a terminal the answer ends with a line break that everybody sees.
      if (!process.stdin.isTTY) process.stderr.write('\n');
      return line;
    });
    return { json: takenJson(result), text: (out) => renderTaken(result, out), exitCode: result.left.length > 0 ? 3 : 0 };
  } finally {
    lines.close();
  }
}
