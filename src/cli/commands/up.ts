import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { usageError } from '../../core/errors.ts';
import { escapeText } from '../../core/text.ts';
import { attachTeam, requireTerminal } from '../../operations/windows/attach.ts';
import { openTeam } from '../../operations/windows/up.ts';
import { openedExitCode, renderOpened } from '../render/windows.ts';
import type { Cli } from '../run-command.ts';

interface UpOptions {
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly attach?: boolean;
  readonly overBudget?: boolean;
  readonly json?: boolean;
}

export function define(program: Command, cli: Cli): void {
  program
    .command('up')
    .description('start agents\' clients in windows of tmux, worktrees made where missing; those at work are left alone')
    .argument('[agent...]', 'who; without names everybody')
    .addOption(new Option('--prompt <text>', 'what each that is started begins with').conflicts('promptFile'))
    .option('--prompt-file <file>', 'the same from a file; - is the standard input')
    .option('--over-budget', 'start them, and let paused ones go on, though a budget is spent')
    .addOption(new Option('--attach', 'show the windows here then').conflicts('json'))
    .option('--json', 'print JSON')
    .action(cli.action(async (names: string[], { prompt, promptFile, attach, overBudget }: UpOptions) => {
      if (attach === true) requireTerminal(cli.context);
      const text = prompt ?? (promptFile === undefined ? null : readPrompt(promptFile));
      const opened = await openTeam(cli.context, { agents: names.map(parseAgentId), prompt: text, overBudget: overBudget === true });
      const exitCode = openedExitCode(opened);
      if (attach === true && exitCode === 0) return { json: {}, text: () => '', exitCode: await attachTeam(cli.context, null) };
      return { json: { agents: opened }, text: (style) => renderOpened(opened, style), exitCode };
    }));
}

function readPrompt(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw usageError('prompt-file', `the file ${escapeText(file)} cannot be read`);
  }
}
