import { shellQuote } from '../../core/text.ts';
import { allNodes, type CommandNode, type Expected, type OptionNode } from '../command-tree.ts';
import { fishQuote, type Shell } from './shell.ts';

/** The completion script for a shell; `marker` is the file in a worktree's git directory whose first line names its agent. */
export function renderCompletion(shell: Shell, program: CommandNode, marker: string): string {
  return { bash, zsh, fish }[shell](program, marker);
}

// Names are read from markers without a process of ours. What is no lawful name is left out: shells expand candidates.
const agentsIn = (marker: string): string => `  local dir file agent
  dir=$(git rev-parse --git-common-dir 2>/dev/null) || return 0
  for file in "$dir"/worktrees/*/${marker}; do
    [ -f "$file" ] || continue
    IFS= read -r agent < "$file"
    case $agent in '' | [!a-z]* | *[!a-z0-9._-]*) ;; *) printf '%s\\n' "$agent" ;; esac
  done`;

function bash(program: CommandNode, marker: string): string {
  return `# Completion of aiteam in bash; put this into ~/.bashrc: eval "$(aiteam completion bash)"
_aiteam_agents() {
${agentsIn(marker)}
}
_aiteam() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at='' candidates='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [ "\${COMP_WORDS[i]}" = -- ]; then return; fi
    case "$at \${COMP_WORDS[i]}" in
${steps(program).map(([from, name, to]) => `      ${shellQuote(`${from} ${name}`)}) at=${shellQuote(to)} ;;`).join('\n')}
    esac
  done
  case "$at|$before" in
${valued(program).map(([node, option]) => `    ${option.names.map((name) => shellQuote(`${node.path}|${name}`)).join(' | ')}) candidates=${bashWords(option.value)} ;;`).join('\n')}
    *)
      case "$at|$word" in
${allNodes(program).map((node) => `        ${shellQuote(`${node.path}|`)}-*) candidates=${shellQuote(node.options.flatMap(({ names }) => names).join(' '))} ;;
        ${shellQuote(`${node.path}|`)}*) candidates=${shellQuote(node.below.map(({ name }) => `${name} `).join(''))}${bashWords(node.argument)} ;;`).join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$word"))
}
complete -o default -F _aiteam aiteam
`;
}

function bashWords(expected: Expected): string {
  if (expected === 'agent') return '$(_aiteam_agents)';
  return shellQuote(typeof expected === 'string' ? '' : expected.join(' '));
}

function zsh(program: CommandNode, marker: string): string {
  return `#compdef aiteam
# Completion of aiteam in zsh; put this into ~/.zshrc after compinit: eval "$(aiteam completion zsh)"
_aiteam_agents() {
  setopt local_options null_glob
${agentsIn(marker)}
}
_aiteam() {
  local at='' i
  local -a candidates
  for ((i = 2; i < CURRENT; i++)); do
    if [[ "\${words[i]}" == -- ]]; then shift $i words; ((CURRENT -= i)); _normal; return; fi
    case "$at \${words[i]}" in
${steps(program).map(([from, name, to]) => `      (${shellQuote(`${from} ${name}`)}) at=${shellQuote(to)} ;;`).join('\n')}
    esac
  done
  case "$at|\${words[CURRENT - 1]}" in
${valued(program).map(([node, option]) => `    (${option.names.map((name) => shellQuote(`${node.path}|${name}`)).join('|')}) ${zshWords(option.value)} ;;`).join('\n')}
    (*)
      case "$at|\${words[CURRENT]}" in
${allNodes(program).map((node) => `        (${shellQuote(`${node.path}|`)}-*) candidates=(${node.options.flatMap(({ names, summary }) => names.map((name) => zshEntry(name, summary))).join(' ')}) ;;
        (${shellQuote(`${node.path}|`)}*) ${zshWords(node.argument)}${node.below.length > 0 ? `; candidates+=(${node.below.map(({ name, summary }) => zshEntry(name, summary)).join(' ')})` : ''} ;;`).join('\n')}
      esac
      ;;
  esac
  if (( \${#candidates} )); then _describe aiteam candidates; else _files; fi
}
compdef _aiteam aiteam
`;
}

function zshWords(expected: Expected): string {
  if (expected === 'agent') return 'candidates=(${(f)"$(_aiteam_agents)"})';
  return typeof expected === 'string' ? 'candidates=()' : `candidates=(${expected.map(shellQuote).join(' ')})`;
}

function zshEntry(name: string, summary: string): string {
  return shellQuote(`${name}:${summary.replaceAll(':', '\\:')}`);
}

function fish(program: CommandNode, marker: string): string {
  const lines = allNodes(program).flatMap((node) => [
    ...node.below.map(({ name, summary }) => fishLine(node, `-a ${fishQuote(name)} -d ${fishQuote(summary)}`)),
    ...(node.argument !== 'nothing' ? [fishLine(node, fishWords(node.argument))] : []),
    ...node.options.map((option) => fishLine(node, fishOption(option))),
  ]);
  return `# Completion of aiteam in fish: aiteam completion fish > ~/.config/fish/completions/aiteam.fish
function __aiteam_agents
  set -l dir (git rev-parse --git-common-dir 2>/dev/null); or return 0
  for file in $dir/worktrees/*/${marker}
    read -l agent < $file
    string match -r '^[a-z][a-z0-9._-]*$' -- $agent
  end
end
function __aiteam_is
  set -l at ''
  for word in (commandline -opc)[2..-1]
    test "$word" = --; and return 1
    switch "$at $word"
${steps(program).map(([from, name, to]) => `      case ${fishQuote(`${from} ${name}`)}\n        set at ${fishQuote(to)}`).join('\n')}
    end
  end
  test "$at" = "$argv[1]"
end
function __aiteam_is_rest
  contains -- -- (commandline -opc)
end
complete -c aiteam -f
complete -c aiteam -n __aiteam_is_rest -F
${lines.join('\n')}
`;
}

function fishLine(node: CommandNode, rest: string): string {
  return `complete -c aiteam -n ${fishQuote(`__aiteam_is '${node.path}'`)} ${rest}`;
}

function fishOption({ names, summary, value }: OptionNode): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ');
  return `${flags} -d ${fishQuote(summary)}${value === 'nothing' ? '' : ` ${value === 'anything' ? '-r' : '-x'} ${fishWords(value)}`}`;
}

function fishWords(expected: Expected): string {
  if (expected === 'agent') return "-a '(__aiteam_agents)'";
  return typeof expected === 'string' ? '-F' : `-a ${fishQuote(expected.join(' '))}`;
}

/** Where a word leads: from this command, by this name, to that one. */
function steps(program: CommandNode): (readonly [string, string, string])[] {
  return allNodes(program).flatMap((node) => node.below.map((child) => [node.path, child.name, child.path] as const));
}

/** The options that take a value, with their commands. */
function valued(program: CommandNode): (readonly [CommandNode, OptionNode])[] {
  return allNodes(program).flatMap((node) => node.options.filter(({ value }) => value !== 'nothing').map((option) => [node, option] as const));
}
