import { isAlias, isMap, isScalar, isSeq, Scalar, type Node, type Pair } from 'yaml';
import { escapeText, truncate } from '../core/text.ts';

/** Notes a mistake: what is wrong, and the character offset of it in the file. */
export type Report = (at: number, message: string) => void;

/** A key of a map with its offset and what stands there. */
export interface Entry {
  readonly at: number;
  readonly value: Node;
}

/** A map's entries in their order, in a Map, so that `__proto__` is a key like any other; undefined after reporting. */
export function readEntries(node: Node, expected: string, report: Report): Map<string, Entry> | undefined {
  if (!isMap(node)) return mistaken(node, expected, report);
  const entries = new Map<string, Entry>();
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    if (!isScalar(key) || isNothing(key)) {
      mistaken(key, 'a key', report);
      continue;
    }
    const name = typeof key.value === 'string' ? key.value : String(key.source);
    if (entries.has(name)) report(startOf(key), `"${shorten(name)}" stands there twice`);
    else entries.set(name, { at: startOf(key), value: value ?? nothingAt(key) });
  }
  return entries;
}

/** Reports that something else was expected there. */
export function mistaken(node: Node, expected: string, report: Report, hint = ''): undefined {
  report(startOf(node), `expected ${expected}, found ${describe(node)}${hint === '' ? '' : `; ${hint}`}`);
  return undefined;
}

/** A key without a value, `~` or `null`. */
export function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** The offset at which the node begins. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Text from the file, short and safe enough for a message. */
export function shorten(value: string): string {
  return truncate(escapeText(value), 60);
}

function describe(node: Node): string {
  if (isAlias(node)) return `the alias *${shorten(node.source)}: aliases are not understood, write the value itself`;
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  return typeof node.value === 'string' ? `"${shorten(node.value)}"` : shorten(String(node.source ?? node.value));
}

function nothingAt(key: Node): Node {
  return Object.assign(new Scalar(null), { range: key.range ?? null });
}
