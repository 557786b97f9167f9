// What is chosen depends on the seed alone; when it happens depends on the machine.

/** A stream of random choices for one actor. */
export function randomFrom(seed, name) {
  let state = [...`${seed} ${name}`].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0), 0x01000193), 0x811c9dc5);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (part) => next() < part,
    below: (count) => Math.floor(next() * count),
    /** One of the keys, as often as its weight says. */
    weighted: (weights) => {
      const all = Object.entries(weights);
      let left = next() * all.reduce((sum, [, weight]) => sum + weight, 0);
      return all.find(([, weight]) => (left -= weight) < 0)?.[0] ?? all[0][0];
    },
  };
}
