import { usageError } from './errors.ts';
import { nearest } from './nearest.ts';
import { escapeText, truncate } from './text.ts';

/** The slot that a command takes that names none. It is always there, with one place unless `slots:` says otherwise. */
export const DEFAULT_SLOT = 'heavy';

/** The most places that a slot may have. */
export const MOST_PLACES = 1000;

/** Why this cannot be the name of a slot, or null: it becomes a folder's name. */
export function slotNameProblem(name: string): string | null {
  return /^[a-z][a-z0-9_-]{0,31}$/.test(name) ? null : 'expected a name of lower-case letters, digits, "_" and "-"';
}

/** How many may be in the slot at once, as this configuration has it. Errors: `slot-unknown`. */
export function placesOf(slots: ReadonlyMap<string, number>, name: string): number {
  const places = slots.get(name) ?? (name === DEFAULT_SLOT ? 1 : undefined);
  if (places !== undefined) return places;
  const known = [...new Set([DEFAULT_SLOT, ...slots.keys()])];
  const meant = nearest(name, known);
  throw usageError(
    'slot-unknown', `there is no slot "${truncate(escapeText(name), 60)}"`,
    ...(meant === null ? [] : [`did you mean ${meant}?`]), `slots are ${known.join(', ')}; "slots:" in .aiteam.yaml or your own configuration has more of them`,
  );
}
