/** A pattern of paths as git has them (gitglossary(7), pathspec), from the worktree's top on. */
export interface Pathspec {
  /** Any of `glob`, `icase` and `literal`. */
  readonly magic: readonly string[];
  /** `''` is the top, and so everything. */
  readonly path: string;
  /** Known to be one file, and so no folder that something lies in. */
  readonly file?: boolean;
}

/** A pattern as it was typed: where it counts from, and what git would read. */
export interface TypedPathspec extends Pathspec {
  readonly fromTop: boolean;
}

const LONGEST = 1_000;
const [STAR, QUESTION, BRACKET, CLOSING, BACKSLASH, SLASH] = [0x2a, 0x3f, 0x5b, 0x5d, 0x5c, 0x2f] as const;
const WILD: ReadonlySet<number> = new Set([STAR, QUESTION, BRACKET, BACKSLASH]);
const KNOWN = new Set(['glob', 'icase', 'literal']);

/** What was typed as a pathspec; text says why it is none that a lock can be given for. */
export function parsePathspec(typed: string): TypedPathspec | string {
  if (typed.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if (/^:(?:[!-'*-.;-@[-`{-~]|\([^)]*$)/.test(typed.replace(/^:[!^]/, ':'))) return 'git reads what follows the colon as something else: begin it with :(top)';
  const [, long, short, path = ''] = /^(?::\(([^)]*)\)|:([/!^]*):?)?(.*)$/s.exec(typed) ?? [];
  const words = long === undefined ? [...(short ?? '')].map((sign) => (sign === '/' ? 'top' : 'exclude')) : long.split(',').filter((word) => word !== '');
  const magic = [...new Set(words)].filter((word) => word !== 'top').sort();
  if (magic.includes('exclude')) return 'what is left out cannot be locked: name what is to be locked';
  const strange = magic.find((word) => !KNOWN.has(word));
  if (strange !== undefined) return `the word "${strange}" in it is none of top, glob, icase and literal`;
  if (magic.includes('glob') && magic.includes('literal')) return 'glob and literal exclude each other';
  if (path === '' && !words.includes('top')) return 'it is empty: "." is everything below here';
  return { magic, path, fromTop: words.includes('top') };
}

/** The pattern in the one form that locks keep: as short as git reads it alike in the worktree's top. */
export function pathspecText({ magic, path }: Pathspec): string {
  if (magic.length > 0) return `:(${['top', ...magic].join(',')})${path}`;
  return path === '' || path.startsWith(':') ? `:(top)${path}` : path;
}

/** Any byte, one byte, or a run of any bytes. */
type Token = number | 'one' | 'run';

/**
 * Whether some path, there already or not, may match both. True wherever git would say so, but below a folder whose own name
 * has wildcards in it; also where only a bracket or a backslash, of which no account is taken, keeps the two apart.
 */
export function mayOverlap(a: Pathspec, b: Pathspec): boolean {
  const fold = a.magic.includes('icase') || b.magic.includes('icase');
  return languages(a, fold).some((one) => languages(b, fold).some((other) => meet(one, other)));
}

/** What the pattern matches: with wildcards what they stand for, else the path that it names and what lies below it. */
function languages({ magic, path, file }: Pathspec, fold: boolean): Token[][] {
  const bytes = [...new TextEncoder().encode(path.replace(/\/+$/, ''))].map((byte) => (fold && byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
  if (bytes.length === 0) return [['run']];
  if (!magic.includes('literal') && bytes.some((byte) => WILD.has(byte))) return [wildTokens(bytes)];
  return file === true ? [bytes] : [bytes, [...bytes, SLASH, 'run']];
}

function wildTokens(bytes: readonly number[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (!WILD.has(byte)) tokens.push(byte);
    else if (byte === QUESTION) tokens.push('one');
    else {
      tokens.push('run');
      if (byte === BACKSLASH) at += 1;
      // Where a bracket ends depends on what is in it; up to the last one it might be.
      else if (byte === BRACKET) at = Math.max(at, bytes.lastIndexOf(CLOSING));
      // "**/" matches no folder too.
      else if (bytes[at + 1] === STAR && bytes[at + 2] === SLASH) at += 2;
    }
  }
  return tokens;
}

/** Whether one string matches both, by the suffixes from their ends on. */
function meet(a: readonly Token[], b: readonly Token[]): boolean {
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i -= 1) {
    const row: boolean[] = [];
    for (let j = b.length; j >= 0; j -= 1) {
      const one = a[i];
      const other = b[j];
      row[j] = (one === undefined && other === undefined)
        || (one === 'run' && (below[j] === true || row[j + 1] === true))
        || (other === 'run' && (row[j + 1] === true || below[j] === true))
        || (one !== undefined && other !== undefined && one !== 'run' && other !== 'run' && (one === 'one' || other === 'one' || one === other) && below[j + 1] === true);
    }
    below = row;
  }
  return below[0] === true;
}
