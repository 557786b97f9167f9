import { decodeBytes, escapeText, plural, showPath, truncate } from '../../core/text.ts';
import type { Beyond, BeyondFile } from '../../operations/integrate/beyond.ts';
import type { Style } from './style.ts';

const FILES_SHOWN = 5;
const LINES_SHOWN = 10;
const LINE_SHOWN = 100;

/** What settling conflicts has changed beyond the automatic merge: its beginning, and the command that shows all. */
export function renderBeyond({ merge, files }: Beyond, style: Style): string[] {
  const lines = [`${style.yellow('beside the conflict')}, the merge ${merge.slice(0, 8)} changed what git had merged by itself:`];
  let left = LINES_SHOWN;
  for (const file of files.slice(0, FILES_SHOWN)) {
    const own = changedLines(file);
    lines.push(`  ${headOf(file)}`, ...own.slice(0, left).map((line) => `    ${line}`));
    if (own.length > left) lines.push(`    and ${plural(own.length - left, 'more line')}`);
    left = Math.max(0, left - own.length);
  }
  if (files.length > FILES_SHOWN) lines.push(`  and ${plural(files.length - FILES_SHOWN, 'more file')}`);
  return [...lines, `  all of it, and how the conflict was settled: git show --remerge-diff ${merge.slice(0, 12)}`];
}

function headOf({ path, how, mode, hunks }: BeyondFile): string {
  const at = how === 'changed' && hunks?.[0] !== undefined ? `:${hunks[0].line}` : '';
  const what = [...(how === 'changed' && hunks !== null ? [] : [hunks === null && how === 'changed' ? 'changed, and not by lines' : how]), ...(mode === null ? [] : [`its mode is ${escapeText(mode)} now`])];
  return `${showPath(path)}${at}${what.length === 0 ? '' : `: ${what.join(', ')}`}`;
}

function changedLines({ hunks }: BeyondFile): string[] {
  const shown = (line: string): string => escapeText(truncate(decodeBytes(line.replace(/\r?\n$/, '')), LINE_SHOWN));
  return (hunks ?? []).flatMap(({ removed, added }) => [...removed.map((line) => `-${shown(line)}`), ...added.map((line) => `+${shown(line)}`)]);
}

/** All of it. */
export function beyondJson({ merge, files }: Beyond): Record<string, unknown> {
  return {
    merge, show: `git show --remerge-diff ${merge}`,
    files: files.map(({ path, how, mode, hunks }) => ({
      path: showPath(path), how, mode,
      changes: hunks === null ? null : hunks.map(({ line, removed, added }) => ({ line, removed: removed.map(decodeBytes), added: added.map(decodeBytes) })),
    })),
  };
}
