/** A side of a conflict: the agent whose branch it is, or the branch that is landed on. */
export type Side = 'agent' | 'target';

/** Whose version is kept; of a hunk the lines of both, in this order, can be. */
export type Take = readonly [Side] | readonly [Side, Side];

/** What the sides of a conflict may be called. */
export interface SideNames {
  readonly agent: string;
  readonly target: string;
  /** Who wrote the target's side, where that is an agent. */
  readonly other: string | null;
}

/** What a person typed after `--take`, such as `glm` or `glm,main`; null where it names anything but sides, or one of them twice. */
export function parseTake(typed: string, names: SideNames): Take | null {
  const sideOf = (name: string): Side | null => (name === names.agent ? 'agent' : name === names.target || name === names.other ? 'target' : null);
  // A branch's name may hold a comma.
  const whole = sideOf(typed);
  if (whole !== null) return [whole];
  for (let comma = typed.indexOf(','); comma >= 0; comma = typed.indexOf(',', comma + 1)) {
    const [first, second] = [sideOf(typed.slice(0, comma).trim()), sideOf(typed.slice(comma + 1).trim())];
    if (first !== null && second !== null) return first === second ? null : [first, second];
  }
  return null;
}

/** A take as a person types it. */
export function takeText(take: Take, names: Pick<SideNames, 'agent' | 'target'>): string {
  return take.map((side) => names[side]).join(',');
}

/** The take that a record holds as words; null where they are none. */
export function takeOf(words: readonly string[]): Take | null {
  const sides = words.filter((word): word is Side => word === 'agent' || word === 'target');
  return sides.length === words.length && (sides.length === 1 || (sides.length === 2 && sides[0] !== sides[1])) ? (sides as unknown as Take) : null;
}
