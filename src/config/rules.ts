import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { nearest } from '../core/nearest.ts';
import { escapeBlock, escapeText } from '../core/text.ts';
import { isNothing, mistaken, readEntries, shorten, startOf, type Entry, type Report } from './nodes.ts';

/** What a place of the file must hold. */
export interface Rule<T> {
  /** What is expected there, for messages: `a list of commands`. */
  readonly expected: string;
  /** The value, or undefined after the mistake was reported. */
  readonly read: (node: Node, report: Report) => T | undefined;
  /** The rules of what lies below it, by key; `*` for entries of a list or of a map with the user's own keys. */
  readonly below?: Readonly<Record<string, Rule<unknown>>>;
}

/** A key of a record; without `otherwise` it is required. A key without a value counts as left out. */
export interface Field<T> {
  readonly rule: Rule<T>;
  readonly otherwise?: { readonly value: T };
}

export function required<T>(rule: Rule<T>): Field<T> {
  return { rule };
}

export function optional<T>(rule: Rule<T>, otherwise: T): Field<T> {
  return { rule, otherwise: { value: otherwise } };
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type RecordOf<F extends Fields> = { readonly [Key in keyof F]: F[Key] extends Field<infer T> ? T : never };

/** A map with exactly these keys; any other is a mistake. */
export function record<F extends Fields>(expected: string, fields: F): Rule<RecordOf<F>> {
  const allOptional = Object.values(fields).every(({ otherwise }) => otherwise !== undefined);
  return {
    expected,
    below: Object.fromEntries(Object.entries(fields).map(([key, { rule }]) => [key, rule])),
    read: (node, report) => {
      const entries = allOptional && isNothing(node) ? new Map<string, Entry>() : readEntries(node, expected, report);
      if (entries === undefined) return undefined;
      for (const [key, { at }] of entries) {
        if (!Object.hasOwn(fields, key)) report(at, unknownKey(key, Object.keys(fields)));
      }
      const values = Object.entries(fields).map(([key, field]) => [key, readField(key, field, entries.get(key), startOf(node), report)] as const);
      return values.some(([, value]) => value === undefined) ? undefined : (Object.fromEntries(values) as RecordOf<F>);
    },
  };
}

function readField(key: string, field: Field<unknown>, entry: Entry | undefined, parentAt: number, report: Report): unknown {
  if (entry !== undefined && !isNothing(entry.value)) return field.rule.read(entry.value, report);
  if (field.otherwise === undefined) report(entry?.at ?? parentAt, `"${key}" is missing: expected ${field.rule.expected}`);
  return field.otherwise?.value;
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return `unknown key "${shorten(key)}"; ${meant === null ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`}`;
}

/** A map whose keys are the user's own; `keyProblem` says why one of them will not do, or null. */
export function mapOf<Key extends string, T>(expected: string, keyProblem: (key: string) => string | null, entry: Rule<T>): Rule<ReadonlyMap<Key, T>> {
  return {
    expected,
    below: { '*': entry },
    read: (node, report) => {
      const entries = readEntries(node, expected, report);
      if (entries === undefined) return undefined;
      const result = new Map<Key, T>();
      for (const [key, { at, value }] of entries) {
        const problem = keyProblem(key);
        if (problem !== null) report(at, `"${shorten(key)}" will not do: ${problem}`);
        const read = entry.read(value, report);
        if (read !== undefined) result.set(key as Key, read);
      }
      return result;
    },
  };
}

/** A list; `identity` gives what must differ from entry to entry, null where nothing must. */
export function listOf<T>(expected: string, entry: Rule<T>, identity: ((value: T) => string) | null): Rule<readonly T[]> {
  return {
    expected,
    below: { '*': entry },
    read: (node, report) => {
      if (!isSeq(node)) return mistaken(node, expected, report);
      const seen = new Set<string>();
      return (node.items as Node[]).flatMap((item) => {
        const value = entry.read(item, report);
        if (value === undefined) return [];
        const name = identity?.(value) ?? null;
        if (name !== null && seen.has(name)) report(startOf(item), `"${shorten(name)}" stands in this list twice`);
        if (name !== null) seen.add(name);
        return [value];
      });
    },
  };
}

/** Text on one line; `problem` says what else is wrong with it, or null. */
export function text(expected: string, problem: (value: string) => string | null = () => null): Rule<string> {
  return textRule(expected, escapeText, problem);
}

/** A command, which may have several lines. */
export function command(expected: string): Rule<string> {
  return textRule(expected, escapeBlock, () => null);
}

function textRule(expected: string, escape: (value: string) => string, problem: (value: string) => string | null): Rule<string> {
  return {
    expected,
    read: (node, report) => {
      if (!isScalar(node) || typeof node.value !== 'string') {
        return mistaken(node, expected, report, isScalar(node) && !isNothing(node) ? 'put it in quotes to make it text' : '');
      }
      const value = node.value;
      const wrong = value.trim() === '' ? `expected ${expected}, found empty text`
        : escape(value) !== value ? `expected ${expected}, found a control character in "${shorten(value)}"`
        : problem(value);
      if (wrong === null) return value;
      report(startOf(node), wrong);
      return undefined;
    },
  };
}

export function flag(): Rule<boolean> {
  const expected = 'true or false';
  return { expected, read: (node, report) => (isScalar(node) && typeof node.value === 'boolean' ? node.value : mistaken(node, expected, report)) };
}

/** One of some words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Rule<Word> {
  const expected = words.length === 1 ? `${words[0]}` : `one of ${words.join(', ')}`;
  return {
    expected,
    read: (node, report) => {
      const found = isScalar(node) ? String(node.value) : '';
      const meant = nearest(found, words);
      return words.find((word) => word === found) ?? mistaken(node, expected, report, meant === null ? '' : `did you mean "${meant}"?`);
    },
  };
}

/** A number or text that `parse` understands; null where it does not. */
export function scalar<T>(expected: string, parse: (text: string) => T | null): Rule<T> {
  return { expected, read: (node, report) => (isScalar(node) ? parse(String(node.value)) : null) ?? mistaken(node, expected, report) };
}

/** Text as one rule says, or a map as another does. */
export function textOr<T>(short: Rule<T>, long: Rule<T>): Rule<T> {
  const expected = `${short.expected} or ${long.expected}`;
  return {
    expected,
    ...(long.below === undefined ? {} : { below: long.below }),
    read: (node, report) => (isMap(node) ? long.read(node, report) : isScalar(node) && !isNothing(node) ? short.read(node, report) : mistaken(node, expected, report)),
  };
}

/** The same rule with its value made into another. */
export function made<From, To>(rule: Rule<From>, make: (value: From) => To): Rule<To> {
  return {
    expected: rule.expected,
    ...(rule.below === undefined ? {} : { below: rule.below }),
    read: (node, report) => {
      const value = rule.read(node, report);
      return value === undefined ? undefined : make(value);
    },
  };
}
