import { CLIENT_PROGRAMS } from './clients.ts';
import type { AgentId } from './ids.ts';

/** An agent and the shell function that starts it. */
export interface AgentFunction {
  readonly agent: AgentId;
  readonly name: string;
}

/** Words that bash, zsh and fish keep to themselves, and ours. */
const KEPT = new Set([
  'and', 'begin', 'break', 'builtin', 'case', 'cd', 'command', 'continue', 'coproc', 'declare', 'do', 'done', 'echo', 'elif', 'else', 'end', 'esac', 'eval', 'exec', 'exit', 'export',
  'false', 'fi', 'for', 'foreach', 'function', 'if', 'in', 'kill', 'local', 'nocorrect', 'not', 'or', 'print', 'printf', 'read', 'repeat', 'return', 'select', 'set', 'shift', 'source',
  'status', 'string', 'switch', 'test', 'then', 'time', 'trap', 'true', 'type', 'umask', 'unset', 'until', 'wait', 'while', 'aiteam', 'ai_team', 'git', 'tmux',
]);

/**
 * A function for each agent, named after it in letters, digits and `_`. One that would stand before a client, a word of the
 * shell or a program that is installed is named after its provider too: `claude_anthropic`. Names differ from one another.
 */
export function agentFunctions(agents: readonly { readonly agent: AgentId; readonly provider: string | null }[], isInstalled: (name: string) => boolean): AgentFunction[] {
  const taken = new Set<string>();
  return agents.map(({ agent, provider }) => {
    const plain = word(agent);
    const shadows = CLIENT_PROGRAMS.includes(plain) || KEPT.has(plain) || isInstalled(plain);
    const wished = shadows ? `${plain}_${word(provider ?? 'agent')}` : plain;
    const name = [wished, ...Array.from({ length: agents.length }, (_, index) => `${wished}_${index + 2}`)].find((free) => !taken.has(free)) ?? wished;
    taken.add(name);
    return { agent, name };
  });
}

function word(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '_');
}
