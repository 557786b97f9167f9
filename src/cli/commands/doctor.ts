import type { Command } from 'commander';
import { parseAgentId } from '../../core/agent-name.ts';
import { examine } from '../../operations/doctor/doctor.ts';
import { doctorJson, renderDoctor } from '../render/doctor.ts';
import type { Cli } from '../run-command.ts';

export function define(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('look at git, hooks, worktrees and state, and say what is wrong')
    .option('--fix', 'mend what can be mended without losing anything')
    .option('--accept-settings', 'count the settings that make git start programs as known, as they are now')
    .option('--as <agent>', 'what this agent\'s commands would meet, with the paths that a sandbox must let it write')
    .option('--json', 'print JSON')
    .action(cli.action(async (options: { fix?: boolean; acceptSettings?: boolean; as?: string; json?: boolean }) => {
      const findings = await examine(cli.context, { fix: options.fix === true, acceptSettings: options.acceptSettings === true, as: options.as === undefined ? null : parseAgentId(options.as) });
      const left = findings.some((finding) => finding.level === 'problem' && !finding.mended);
      return { json: { findings: findings.map(doctorJson) }, text: (style) => renderDoctor(findings, style), exitCode: left ? 3 : 0 };
    }));
}
