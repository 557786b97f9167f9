import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../../src/cli/render/shell.ts';
import type { Scratch } from './scratch.ts';

/** The words that a real shell offers for a command line whose last word is being typed, files of the repository's folder left out. */
export function offered(made: Scratch, shell: Shell, script: string, ...words: string[]): string[] {
  return completed(made, shell, script, ...words).filter((word) => !existsSync(join(made.repo, word)));
}

/** The same with files, where it offers those. */
export function completed(made: Scratch, shell: Shell, script: string, ...words: string[]): string[] {
  const file = join(made.folder, `completion.${shell}`);
  writeFileSync(file, script);
  return { bash: inBash, zsh: inZsh, fish: inFish }[shell](made, file, ['aiteam', ...words]).filter((word) => word !== '');
}

function inBash(made: Scratch, file: string, words: readonly string[]): string[] {
  const run = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aiteam; printf "%s\\n" "${COMPREPLY[@]}"';
  return execFileSync('bash', ['--norc', '-c', run, 'bash', file, ...words], { cwd: made.repo, env: made.env, encoding: 'utf8' }).split('\n');
}

function inFish(made: Scratch, file: string, words: readonly string[]): string[] {
  const out = execFileSync('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', file, words.join(' ')], { cwd: made.repo, env: made.env, encoding: 'utf8' });
  return out.split('\n').map((line) => line.split('\t')[0] ?? '');
}

/** Zsh completes only at a terminal: one is started in a pseudo-terminal of another, where a tab is typed, and tells what it adds. */
function inZsh(made: Scratch, file: string, words: readonly string[]): string[] {
  const [folder, told] = [join(made.folder, 'zsh'), join(made.folder, 'told')];
  mkdirSync(folder, { recursive: true });
  rmSync(told, { force: true });
  writeFileSync(join(folder, '.zshrc'), `PS1=
autoload -Uz compinit; compinit -u -D
source '${file}'
compadd() {
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
    local -a found; builtin compadd -A found "$@"; print -rl -- $found >> '${told}'
  fi
  builtin compadd "$@"
}
finish() { kill -KILL $$ }
ready() { comppostfuncs=(finish); print READY }
precmd_functions=(ready)
`);
  const run = `zmodload zsh/zpty; zpty inner 'zsh -d -i'; zpty -r inner said '*READY*'; zpty -w -n inner "$1"$'\\t'; while zpty -r inner said; do :; done`;
  const ended = spawnSync('zsh', ['-f', '-c', run, 'zsh', words.join(' ')], { cwd: made.repo, env: { ...made.env, ZDOTDIR: folder, TERM: 'xterm' }, encoding: 'utf8', timeout: 20_000 });
  if (ended.error !== undefined) throw ended.error;
  return existsSync(told) ? readFileSync(told, 'utf8').split('\n') : [];
}
