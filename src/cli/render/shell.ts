import type { Change } from '../../core/environment-plan.ts';
import { shellQuote } from '../../core/text.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The shell that the environment names, where it is one that we can write for; else bash. */
export function shellOf(env: Readonly<Record<string, string | undefined>>): Shell {
  return SHELLS.find((shell) => (env['SHELL'] ?? '').split('/').at(-1) === shell) ?? 'bash';
}

/** The very text as one word of fish, whatever is in it. */
export function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Commands that make a shell's environment the agent's; a key is named by its variable only. */
export function renderEnvironment(changes: readonly Change[], shell: Shell): string {
  const lines = changes.flatMap((change) => {
    // No shell has a variable of such a name, and the shell would read more into it.
    if (!/^[A-Za-z_]\w*$/.test(change.name)) return [];
    switch (change.kind) {
      case 'set': return [assign(change.name, shell === 'fish' ? fishQuote(change.value) : shellQuote(change.value), shell)];
      case 'copy': return change.from === change.name ? [] : [assign(change.name, `"$${change.from}"`, shell)];
      case 'unset': return [shell === 'fish' ? `set -e ${change.name}` : `unset ${change.name}`];
    }
  });
  return `${lines.join('\n')}\n`;
}

function assign(name: string, value: string, shell: Shell): string {
  return shell === 'fish' ? `set -gx ${name} ${value}` : `export ${name}=${value}`;
}
