import { ago } from '../../core/ago.ts';
import { escapeText, plural, truncate } from '../../core/text.ts';
import type { ShelvedWork } from '../../operations/shelf/shelve.ts';
import type { Shelf } from '../../operations/shelf/shelves.ts';
import type { Unshelved } from '../../operations/shelf/unshelve.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const LONGEST_MESSAGE = 100;

export function renderShelved({ agent, shelf }: ShelvedWork, style: Style): string {
  if (shelf === null) return `nothing to shelve: ${agent} has no uncommitted work there\n`;
  return lines([`${style.green('shelved')}  ${style.bold(agent)}  ${plural(shelf.files, 'file')} as ${shelf.id}: ${messageOf(shelf)}`, `${style.cyan('next')}: aiteam unshelve ${shelf.id}`], style);
}

export function renderShelves(shelves: readonly (Shelf & { readonly files: number })[], now: number, style: Style): string {
  if (shelves.length === 0) return 'nothing is shelved\n';
  return lines([
    ...shelves.map((shelf) => `${shelf.id}  ${shelf.agent}  ${plural(shelf.files, 'file')}  ${ago(now - shelf.at)}  ${messageOf(shelf)}`),
    '', `${style.cyan('next')}: aiteam unshelve ID, or aiteam shelve drop ID; what is in one: git show --first-parent ${shelves[0]?.ref}`,
  ], style);
}

export function renderUnshelved({ shelf, files, staged, trash }: Unshelved, style: Style): string {
  return lines([
    `${style.green('brought back')}  ${style.bold(shelf.agent)}  ${plural(files, 'file')}: ${messageOf(shelf)}`,
    ...(staged ? [] : [`  ${style.yellow('nothing is staged')}: what was staged conflicts by itself`]),
    `  to have the shelf again: aiteam trash restore ${trash}`,
  ], style);
}

export function renderDropped(shelf: Shelf, trash: string, style: Style): string {
  return lines([`${style.green('dropped')}  ${shelf.id} of ${style.bold(shelf.agent)}: ${messageOf(shelf)}`, `  to have it again: aiteam trash restore ${trash}`], style);
}

export function shelfJson({ id, agent, commit, base, message, at }: Shelf): Record<string, unknown> {
  return { id, agent, commit, base, message, at: new Date(at).toISOString() };
}

function messageOf({ message }: { readonly message: string }): string {
  return truncate(escapeText(message), LONGEST_MESSAGE);
}

function lines(texts: readonly string[], style: Style): string {
  return `${texts.flatMap((text) => (text === '' ? [''] : wrap(text, style.width))).join('\n')}\n`;
}
