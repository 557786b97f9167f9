import { MOST_PLACES, slotNameProblem } from '../core/slots.ts';
import { mapOf, scalar, type Rule } from './rules.ts';

/** Slots with their places: the same in a project's file and in the user's own. */
export const slotsRule: Rule<ReadonlyMap<string, number>> = mapOf('a map of slots', slotNameProblem, scalar(`how many may be in it at once, 1 to ${MOST_PLACES}`, parsePlaces));

function parsePlaces(value: string): number | null {
  return /^[1-9]\d{0,3}$/.test(value) && Number(value) <= MOST_PLACES ? Number(value) : null;
}
