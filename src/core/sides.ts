import type { ConflictFacts, Version } from './events.ts';
import type { PathEdit } from './settled-path.ts';
import { decodeBytes, escapeText, showPath, truncate } from './text.ts';

const LONGEST_LINK = 80;

/** What a side has: `a file of 120 bytes (1a2b3c4d)`, `a link to docs`, `nothing`. */
export function versionText(version: Version | null): string {
  if (version === null) return 'nothing';
  const id = version.blob.slice(0, 8);
  switch (version.mode) {
    case '120000': return version.link === null ? `a link (${id})` : `a link to ${truncate(escapeText(decodeBytes(version.link)), LONGEST_LINK)}`;
    case '160000': return `a submodule at ${id}`;
    default: return `${version.mode === '100755' ? 'an executable file' : 'a file'}${version.size === null ? '' : ` of ${version.size} bytes`} (${id})`;
  }
}

/** What becomes of a path: `src/a.ts: a file (1a2b3c4d)`, `src/a.ts: nothing`. */
export function settledEdits({ path, entry }: PathEdit): string {
  return `${showPath(path)}: ${versionText(entry === null ? null : { ...entry, size: null, link: null })}`;
}

/** What the two sides did to a path that git does not merge by lines: `glm deleted it, main changed it`. */
export function deedsText(conflict: Pick<ConflictFacts, 'agent' | 'sides' | 'type'>, target: string): string {
  if (conflict.sides === undefined) return 'it is not a matter of lines';
  const { base, onto, tip, linesToo } = conflict.sides;
  if (conflict.type === 'file/directory' && (onto === null) !== (tip === null)) {
    return tip === null ? `${conflict.agent} has a folder there, ${escapeText(target)} a file` : `${conflict.agent} has a file there, ${escapeText(target)} a folder`;
  }
  if (tip?.path !== undefined && onto?.path !== undefined) return `${conflict.agent} renamed it to ${showPath(tip.path)}, ${escapeText(target)} to ${showPath(onto.path)}${linesToo === true ? ', and both changed the same lines, which come with the name' : ''}`;
  const deeds = [deed(base, tip), deed(base, onto)] as const;
  return deeds[0] === deeds[1] ? `${conflict.agent} and ${escapeText(target)} both ${deeds[0]} it` : `${conflict.agent} ${deeds[0]} it, ${escapeText(target)} ${deeds[1]} it`;
}

function deed(before: Version | null, after: Version | null): string {
  if (after === null) return before === null ? 'does not have' : 'deleted';
  if (before === null) return 'added';
  return before.blob === after.blob && before.mode === after.mode ? 'kept' : 'changed';
}
