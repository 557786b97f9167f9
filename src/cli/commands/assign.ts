import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { usageError } from '../../core/errors.ts';
import { assignTask } from '../../operations/assign.ts';
import { renderAssigned } from '../render/assign.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('assign')
    .description('give an agent a task, in the place of the one it had')
    .argument('<agent>', 'the agent')
    .argument('[task]', 'what it is to do')
    .option('--files <path...>', 'files that are its from now on; with lines as file.ts:10-20')
    .option('--clear', 'take the task away, and the files that went with it')
    .option('--json', 'print JSON')
    .action(cli.action(async (name: string, task: string | undefined, options: { files?: string[]; clear?: boolean; json?: boolean }) => {
      if ((task === undefined) !== (options.clear === true) || (options.clear === true && options.files !== undefined)) {
        throw usageError('task-needed', 'say what the task is, or --clear', 'aiteam assign glm "write the parser" --files src/parser.ts', 'aiteam assign glm --clear');
      }
      const assigned = await assignTask(cli.context, { agent: parseAgentId(name), task: task ?? null, files: options.files ?? [] });
      return { json: { ...assigned }, text: (style) => renderAssigned(assigned, style) };
    }));
}
