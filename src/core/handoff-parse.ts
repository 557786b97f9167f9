import { NAME, normalEntry, withoutBlankEnds, type HandoffEntry } from './handoff.ts';

/** Text of handoff.md that is no entry. */
export interface UnreadText {
  readonly text: string;
  /** What keeps it from being one. */
  readonly why: string;
}

export interface ParsedHandoffs {
  readonly entries: readonly HandoffEntry[];
  readonly unread: readonly UnreadText[];
}

const HEADING = /^##\s+\[(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::\d\d)?\]\s+@(\S+)\s+(?:→|->)\s+@(\S+)\s*$/;
const FIELD = /^(?:[-*]\s+)?\*\*(Task|Context|Files to modify|Files|Notes|Status)(?::\*\*|\*\*\s*:)\s*(.*)$/i;
const RANGE = /^(?::|\s*\(?(?:lines?\s*|L))(\d+)(?:\s*[-–]\s*L?(\d+))?\)?$/i;

/** Reads handoff.md: its entries, and whatever else stands there apart from the lines that we write ourselves. */
export function parseHandoffs(text: string, ourLines: ReadonlySet<string>): ParsedHandoffs {
  const entries: HandoffEntry[] = [];
  const unread: UnreadText[] = [];
  for (const block of blocksOf(text.replace(/\r\n?/g, '\n').split('\n'))) {
    const found = readBlock(block, ourLines);
    if (found === null) continue;
    if ('why' in found) unread.push(found);
    else entries.push(found);
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

function readBlock(block: readonly string[], ourLines: ReadonlySet<string>): HandoffEntry | UnreadText | null {
  const [heading = '', ...body] = block;
  const match = HEADING.exec(heading);
  if (match === null) {
    const lines = withoutBlankEnds(block.filter((line) => !ourLines.has(line)));
    if (lines.length === 0) return null;
    const why = heading.startsWith('## ') ? 'its heading is not of the form "## [2026-01-15 10:30] @claude → @glm"' : 'it is not below a heading of the form "## [2026-01-15 10:30] @claude → @glm"';
    return { text: lines.join('\n'), why };
  }
  const [, day = '', minute = '', from = '', to = ''] = match.map((part) => part?.toLowerCase());
  const unread = (why: string): UnreadText => ({ text: withoutBlankEnds(block).join('\n'), why });
  const misnamed = [from, to].find((name) => !NAME.test(name));
  if (misnamed !== undefined) return unread(`"@${misnamed}" cannot be a name`);
  const fields = fieldsOf(body);
  const task = textOf(fields.get('task'));
  if (task === '') return unread('it has no **Task**');
  return normalEntry({
    time: `${day} ${minute}`, from, to, task,
    context: textOf(fields.get('context')), files: filesOf(fields.get('files')), notes: textOf(fields.get('notes')),
  });
}

/** Field → its lines, the first being what stands behind its name; what comes before the first field belongs to the context. */
function fieldsOf(body: readonly string[]): Map<string, string[]> {
  const fenced = fencedLines(body);
  const fields = new Map<string, string[]>();
  let current = 'context';
  body.forEach((line, index) => {
    const match = fenced.has(index) ? null : FIELD.exec(line);
    if (match === null) {
      if (line.trim() !== '' || fields.has(current)) fields.set(current, [...(fields.get(current) ?? ['']), line]);
      return;
    }
    const name = (match[1] ?? '').toLowerCase();
    current = name.startsWith('files') ? 'files' : name;
    fields.set(current, [...(fields.get(current) ?? []), match[2] ?? '']);
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
