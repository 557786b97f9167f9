import type { Argument, Command, Option } from 'commander';

/** What may stand for an argument or an option's value: an agent's name, one of some words, anything else, or nothing. */
export type Expected = 'agent' | 'anything' | 'nothing' | readonly string[];

export interface OptionNode {
  /** `--long`, and `-s` where it has a short form. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly value: Expected;
}

/** One command of the program as completion and documentation see it. */
export interface CommandNode {
  /** The words that call it, without `aiteam`: `worktree add`. */
  readonly path: string;
  /** The last of these words. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionNode[];
  readonly argument: Expected;
  readonly below: readonly CommandNode[];
}

/** The command and all below it; commands that are hidden are left out, `shortForms` are put in at the top. */
export function commandTree(program: Command, hidden: ReadonlySet<string>, shortForms: ReadonlyMap<string, readonly string[]>): CommandNode {
  const top = nodeOf(program, '', '');
  const below = top.below.filter(({ name }) => !hidden.has(name));
  const short = [...shortForms].flatMap(([name, words]) => {
    const node = words.reduce<CommandNode | undefined>((at, word) => at?.below.find((child) => child.name === word), top);
    return node === undefined ? [] : [{ ...node, name, path: name }];
  });
  return { ...top, below: [...below, ...short] };
}

/** The node and all below it, each before its own. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.below.flatMap(allNodes)];
}

function nodeOf(command: Command, path: string, name: string): CommandNode {
  return {
    path, name,
    summary: command.description(),
    options: command.createHelp().visibleOptions(command).map(optionNode),
    argument: argumentOf(command.registeredArguments[0]),
    below: command.commands.map((child) => nodeOf(child, path === '' ? child.name() : `${path} ${child.name()}`, child.name())),
  };
}

function optionNode(option: Option): OptionNode {
  const names = [option.long, option.short].filter((name) => name !== undefined);
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return { names, summary: option.description, value: placeholder === undefined ? 'nothing' : (option.argChoices ?? (isAgent(placeholder) ? 'agent' : 'anything')) };
}

function argumentOf(argument: Argument | undefined): Expected {
  if (argument === undefined) return 'nothing';
  return argument.argChoices ?? (isAgent(argument.name()) ? 'agent' : 'anything');
}

function isAgent(placeholder: string): boolean {
  return /^agents?$/i.test(placeholder.replace(/\.+$/, ''));
}
