import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandNode, OptionNode } from '../../src/cli/command-tree.ts';
import { renderCompletion } from '../../src/cli/render/completion.ts';
import { expectDone, scratch, type Scratch } from '../support/scratch.ts';

const option = (name: string, value: OptionNode['value'], summary = 'an option'): OptionNode => ({ names: [name, '-h'], summary, value });
const node = (path: string, rest: Partial<CommandNode>): CommandNode => ({ path, name: path.split(' ').at(-1) ?? '', summary: '', options: [], argument: 'nothing', below: [], ...rest });

/** A program small enough to be read beside its scripts. */
const PROGRAM = node('', {
  options: [option('--help', 'nothing')],
  below: [
    node('land', { summary: "agents' work: land it", argument: 'agent', options: [option('--strategy', ['merge', 'squash']), option('--agent', 'agent'), option('--into', 'anything')] }),
    node('give', { argument: 'agent', below: [node('give list', {})] }),
    node('tree', { below: [node('tree add', { argument: ['one', 'two'] }), node('tree list', {})] }),
  ],
});

/** The words that bash would offer for a command line whose last word is being typed. */
function offered(made: Scratch, script: string, ...words: string[]): string[] {
  const file = join(made.folder, 'completion.bash');
  writeFileSync(file, script);
  const run = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aiteam; printf "%s\\n" "${COMPREPLY[@]}"';
  const out = execFileSync('bash', ['--norc', '-c', run, 'bash', file, 'aiteam', ...words], { cwd: made.repo, env: made.env, encoding: 'utf8' });
  return out.split('\n').filter((line) => line !== '');
}

function addMarker(made: Scratch, folder: string, text: string): void {
  mkdirSync(join(made.repo, '.git', 'worktrees', folder), { recursive: true });
  writeFileSync(join(made.repo, '.git', 'worktrees', folder, 'aiteam-agent'), text);
}

describe('bash', () => {
  const script = renderCompletion('bash', PROGRAM, 'aiteam-agent');

  it.each([
    [['l'], ['land']],
    [[''], ['land', 'give', 'tree']],
    [['give', ''], ['list', 'glm', 'glm-4.7']],
    [['give', 'list', ''], []],
    [['--'], ['--help']],
    [['tree', ''], ['add', 'list']],
    [['tree', 'add', ''], ['one', 'two']],
    [['tree', 'list', ''], []],
    [['land', '--s'], ['--strategy']],
    [['land', '--strategy', ''], ['merge', 'squash']],
    [['land', '--into', ''], []],
    [['land', ''], ['glm', 'glm-4.7']],
    [['land', '--agent', 'glm-'], ['glm-4.7']],
    [['land', 'glm', ''], ['glm', 'glm-4.7']],
  ])('after %j offers %j', (words, expected) => {
    const made = scratch();
    addMarker(made, 'one', 'glm\nglm-4.7\n');
    addMarker(made, 'two', 'glm-4.7\n');
    expect(offered(made, script, ...words)).toEqual(expected);
  });

  // Seen to fail with names taken as they are: compgen expands the words that it is given.
  it('runs nothing that a forged marker says', () => {
    const made = scratch();
    addMarker(made, 'evil', `$(touch ${made.folder}/ran)\n`);
    addMarker(made, 'worse', 'a`touch ran`\n');
    addMarker(made, 'glm', 'glm\n');
    expect(offered(made, script, 'land', '')).toEqual(['glm']);
    expect(spawnSync('ls', [join(made.folder, 'ran')]).status).not.toBe(0);
  });

  it('is quiet outside of a repository', () => {
    const made = scratch();
    expect(offered({ ...made, repo: made.folder }, script, 'land', '')).toEqual([]);
  });
});

describe('zsh and fish', () => {
  it('have every command and option with its summary, quoted', () => {
    const zsh = renderCompletion('zsh', PROGRAM, 'aiteam-agent');
    expect(zsh.startsWith('#compdef aiteam\n')).toBe(true);
    expect(zsh).toContain(`'land:agents'\\'' work\\: land it'`);
    expect(zsh).toContain(`('land|--strategy'|'land|-h') candidates=('merge' 'squash') ;;`);
    expect(zsh).toContain(`(' tree') at='tree' ;;`);
    const fish = renderCompletion('fish', PROGRAM, 'aiteam-agent');
    expect(fish).toContain(`complete -c aiteam -n '__aiteam_is \\'\\'' -a 'land' -d 'agents\\' work: land it'`);
    expect(fish).toContain(`complete -c aiteam -n '__aiteam_is \\'land\\'' -l strategy -s h -d 'an option' -r -a 'merge squash'`);
    expect(fish).toContain(`complete -c aiteam -n '__aiteam_is \\'tree add\\'' -a 'one two'`);
  });
});

describe('aiteam completion', () => {
  it('prints a bash script without a fault that knows the commands there are, short forms included, and no hidden one', () => {
    const made = scratch();
    const script = expectDone(made.aiteam(['completion', 'bash'])).stdout;
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
    const commands = offered(made, script, '');
    expect(commands).toEqual(expect.arrayContaining(['init', 'trust', 'completion', 'worktree', 'add', 'ls', 'rm']));
    expect(commands).not.toContain('refresh');
    expect(offered(made, script, 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered(made, script, 'trust', '--s')).toEqual(['--show']);
    expect(offered(made, script, 'add', '--fr')).toEqual(['--from']);
  });

  it('refuses another shell', () => {
    expect(expectDone(scratch().aiteam(['completion', 'tcsh']), 2).stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});
