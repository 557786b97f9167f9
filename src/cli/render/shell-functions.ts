import type { AgentFunction } from '../../core/shell-functions.ts';
import type { Shell } from './shell.ts';

/** Functions for a shell to read: with words behind it an agent's runs those in its place, without any its client. */
export function renderShellFunctions(functions: readonly AgentFunction[], shell: Shell): string {
  return shell === 'fish' ? fish(functions) : posix(functions, shell);
}

function posix(functions: readonly AgentFunction[], shell: Shell): string {
  // An alias of that name would be expanded in the definition; "function" keeps the shell from it.
  const agents = functions.map(({ agent, name }) => `function ${name} {
  if [ "$#" -gt 0 ]; then command aiteam exec ${agent} -- "$@"; else command aiteam exec ${agent}; fi
}`);
  return `# Shell functions of aiteam; put this into ~/.${shell}rc: eval "$(aiteam shell-init ${shell})"
${agents.join('\n')}
function ai-team {
  command aiteam up --attach "$@"
}
function aiteam {
  if [ "\${1-}" = cd ] && [ "$#" -eq 2 ]; then
    local aiteam_folder
    aiteam_folder=$(command aiteam worktree path "$2") && builtin cd -- "$aiteam_folder"
  else
    command aiteam "$@"
  fi
}
`;
}

function fish(functions: readonly AgentFunction[]): string {
  const agents = functions.map(({ agent, name }) => `function ${name}
  if set -q argv[1]
    command aiteam exec ${agent} -- $argv
  else
    command aiteam exec ${agent}
  end
end`);
  return `# Shell functions of aiteam; put this into ~/.config/fish/config.fish: aiteam shell-init fish | source
${agents.join('\n')}
function ai-team
  command aiteam up --attach $argv
end
function aiteam
  if test "$argv[1]" = cd; and test (count $argv) -eq 2
    set -l folder (command aiteam worktree path $argv[2]); and builtin cd -- $folder
  else
    command aiteam $argv
  end
end
`;
}
