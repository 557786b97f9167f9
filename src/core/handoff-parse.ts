import { NAME, normalEntry, withoutBlankEnds, type HandoffEntry } from './handoff.ts';
import { escapeBlock } from './text.ts';

/** Text of handoff.md that is no entry. */
export interface UnreadText {
  readonly text: string;
  /** What keeps it from being one. */
  readonly why: string;
}

export interface ReadEntry {
  readonly entry: HandoffEntry;
  /** As it stands in the file. */
  readonly text: string;
}

export interface ParsedHandoffs {
  readonly entries: readonly ReadEntry[];
  readonly unread: readonly UnreadText[];
}

const HEADING = /^##\s+\[(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::\d\d)?\]\s+@(\S+)\s+(?:→|->)\s+@(\S+)\s*$/;
const FIELD = /^(?:[-*]\s+)?\*\*(Task|Context|Files to modify|Files|Notes|Status)(?::\*\*|\*\*\s*:)\s*(.*)$/i;
const NO_HEADING = 'it is not below a heading of the form "## [2026-01-15 10:30] @claude → @glm"';
const RANGE = /^(?::|\s*\(?(?:lines?\s*|L))(\d+)(?:\s*[-–]\s*L?(\d+))?\)?$/i;

/** Reads handoff.md: its entries, and whatever else stands there apart from the lines that we write ourselves. */
export function parseHandoffs(text: string, ourLines: ReadonlySet<string>): ParsedHandoffs {
  const entries: ReadEntry[] = [];
  const unread: UnreadText[] = [];
  for (const block of blocksOf(escapeBlock(text.replace(/\r\n?/g, '\n')).split('\n'))) {
    for (const found of readBlock(block, ourLines)) {
      if ('why' in found) unread.push(found);
      else entries.push(found);
    }
  }
  return { entries, unread };
}

/** The lines from one first- or second-level heading to the next; a heading inside of a code fence is none. */
function blocksOf(lines: readonly string[]): string[][] {
  const fenced = fencedLines(lines);
  const blocks: string[][] = [[]];
  lines.forEach((line, index) => {
    if (/^##?\s/.test(line) && !fenced.has(index)) blocks.push([]);
    blocks.at(-1)?.push(line);
  });
  return blocks;
}

/** The numbers of the lines in code fences; one that is never closed is none. */
function fencedLines(lines: readonly string[]): Set<number> {
  const fenced = new Set<number>();
  let open: { readonly at: number; readonly mark: string } | null = null;
  lines.forEach((line, index) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined) return;
    if (open === null) open = { at: index, mark };
    else if (mark.startsWith(open.mark)) {
      for (let at = open.at; at <= index; at += 1) fenced.add(at);
      open = null;
    }
  });
  return fenced;
}

function readBlock(block: readonly string[], ourLines: ReadonlySet<string>): (ReadEntry | UnreadText)[] {
  const [heading = '', ...body] = block;
  const match = HEADING.exec(heading);
  if (match === null) {
    const lines = withoutBlankEnds(block.filter((line) => !ourLines.has(line)));
    if (lines.length === 0) return [];
    const why = heading.startsWith('## ') ? 'its heading is not of the form "## [2026-01-15 10:30] @claude → @glm"' : NO_HEADING;
    return [{ text: lines.join('\n'), why }];
  }
  const [, day = '', minute = '', from = '', to = ''] = match.map((part) => part?.toLowerCase());
  const text = withoutBlankEnds(block).join('\n');
  const misnamed = [from, to].find((name) => !NAME.test(name));
  if (misnamed !== undefined) return [{ text, why: `"@${misnamed}" cannot be a name` }];
  const fields = fieldsOf(body);
  const task = textOf(fields.get('task'));
  if (task === '') return [{ text, why: 'it has no **Task**' }];
  const entry = normalEntry({
    time: `${day} ${minute}`, from, to, task,
    context: `${textOf(fields.get(''))}\n${textOf(fields.get('context'))}`, files: filesOf(fields.get('files')), notes: textOf(fields.get('notes')),
  });
  const below = withoutBlankEnds(fields.get('status')?.slice(1) ?? []);
  // We end an entry with its status: what somebody wrote below that belongs to no field.
  return [{ entry, text }, ...(below.length === 0 ? [] : [{ text: below.join('\n'), why: NO_HEADING }])];
}

/** Field → its lines, the first being what stands behind its name; what comes before the first field is at `''`. */
function fieldsOf(body: readonly string[]): Map<string, string[]> {
  const fenced = fencedLines(body);
  const fields = new Map<string, string[]>();
  const linesOf = (name: string): string[] => {
    const lines = fields.get(name) ?? [];
    fields.set(name, lines);
    return lines;
  };
  let current = linesOf('');
  body.forEach((line, index) => {
    const match = fenced.has(index) ? null : FIELD.exec(line);
    if (match !== null) current = linesOf((match[1] ?? '').toLowerCase().split(' ')[0] ?? '');
    current.push(match?.[2] ?? line);
  });
  return fields;
}

function textOf(lines: readonly string[] = []): string {
  const [first = '', ...rest] = lines;
  const following = withoutBlankEnds(rest);
  const quoted = first.trim() === '' && following.length > 0 && following.every((line) => line.startsWith('>'));
  return withoutBlankEnds(quoted ? following.map((line) => line.replace(/^> ?/, '')) : [first, ...following]).join('\n');
}

function filesOf(lines: readonly string[] = []): string[] {
  const [first = '', ...rest] = lines;
  return [...first.split(/,\s+/), ...rest.map((line) => line.replace(/^\s*[-*]\s+/, ''))].map(fileOf).filter((file) => file !== '');
}

/** `src/a.ts:10-20` of `` `src/a.ts` (lines 10-20) `` and its like. */
function fileOf(item: string): string {
  const text = item.trim();
  const [, path = text, rest = ''] = /^`(.+)`()$/.exec(text) ?? /^`([^`]+)`(.*)$/.exec(text) ?? /^(\S+)(\s+\(?(?:lines?\s*|L)\d.*)$/i.exec(text) ?? [];
  if (rest.trim() === '') return path;
  const range = RANGE.exec(rest);
  return range === null ? `${path} ${rest.trim()}` : `${path}:${range[1]}${range[2] === undefined ? '' : `-${range[2]}`}`;
}
