import { Lexer, parseDocument, type Node } from 'yaml';
import { usageError } from '../core/errors.ts';
import { escapeText, plural } from '../core/text.ts';
import type { Report } from './nodes.ts';
import type { Rule } from './rules.ts';
import { checkSize } from './size-limit.ts';

const DEEPEST = 32;
const MISTAKES_SHOWN = 12;

/**
 * The value that a YAML file must hold by the rule; `name` is what messages call the file.
 * Errors: `config-invalid` (usage), which lists the mistakes as `file:line:column: what is wrong`.
 */
export function readYaml<T>(bytes: Uint8Array, name: string, rule: Rule<T>): T {
  const source = decode(bytes, name);
  const mistakes: { readonly at: number; readonly message: string }[] = [];
  const report: Report = (at, message) => void mistakes.push({ at, message });
  const contents = parse(source, report);
  const value = contents === null || mistakes.length > 0 ? undefined : rule.read(contents, report);
  if (contents === null && mistakes.length === 0) report(0, `expected ${rule.expected}, found an empty file`);
  if (mistakes.length === 0 && value !== undefined) return value;

  const listed = [...mistakes].sort((a, b) => a.at - b.at).slice(0, MISTAKES_SHOWN).map(({ at, message }) => `${name}:${placeOf(source, at)}: ${message}`);
  const more = mistakes.length - listed.length;
  throw usageError('config-invalid', [...listed, ...(more > 0 ? [`and ${plural(more, 'more mistake')}`] : [])].join('\n'));
}

function decode(bytes: Uint8Array, name: string): string {
  checkSize(name, bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageError('config-invalid', `${name}: the file is not UTF-8 text`, 'save it as UTF-8');
  }
}

function parse(source: string, report: Report): Node | null {
  const deep = tooDeepAt(source);
  if (deep !== null) {
    report(deep, `nested more than ${DEEPEST} levels deep`);
    return null;
  }
  // Our own rules find double keys: the parser compares each key with every other, which takes half a minute on a large file.
  const document = parseDocument(source, { version: '1.2', schema: 'core', strict: true, uniqueKeys: false, prettyErrors: false });
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    report(pos[0], code === 'MULTIPLE_DOCS' ? 'a second document begins here; a configuration is one' : escapeText(message));
  }
  return document.contents;
}

/** Where brackets, or the signs of lists on one line, nest too deeply: of some thousand levels the parser dies. */
function tooDeepAt(source: string): number | null {
  let at = 0;
  let brackets = 0;
  let signs = 0;
  for (const token of new Lexer().lex(source)) {
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets -= 1;
    else if (token === '-' || token === '?') signs += 1;
    else if (token === '\n' || token === '\r\n') signs = 0;
    if (brackets + signs > DEEPEST) return at;
    // The lexer's own marks (document, end of flow, scalar) stand for nothing in the source.
    if (!/^[\u0002\u0018\u001f]$/.test(token)) at += token.length;
  }
  return null;
}

/** `line:column`, from 1. */
function placeOf(source: string, at: number): string {
  const before = source.slice(0, at);
  return `${before.split('\n').length}:${at - before.lastIndexOf('\n')}`;
}
