import type { OtherSide } from './events.ts';
import type { Advice, OverlapFacts } from './overlap-facts.ts';
import { escapeText } from './text.ts';

/** What to do, on one line: who leaves what alone, and the commands to type. */
export function adviceText(advice: Advice, target: string): string {
  switch (advice.kind) {
    case 'wait': return `${name(advice.agent)} leaves it alone until ${name(advice.behind)} has landed, then: aiteam sync ${name(advice.agent)}`;
    case 'hand-over': return `one of them does it: ${name(advice.from)} hands it over by a commit with the line "Handoff-To: ${name(advice.to)}"`;
    case 'sync': {
      const merge = `in ${name(advice.agent)}'s worktree: git merge ${escapeText(target)}`;
      return advice.after === null ? `settle it now, ${merge}` : `${name(advice.after)} lands first, then ${merge}`;
    }
  }
}

/** Who wrote the lines that two sides meet on. */
export function ownerText(owner: OtherSide): string {
  return owner.kind === 'unknown' ? 'unknown' : `${owner.kind === 'agent' ? name(owner.agent) : 'human'}, commit ${escapeText(owner.commit.slice(0, 8))}`;
}

/** Both sides by name: `glm and main`; the target is `the target` here. */
export function overlapNames({ sides }: Pick<OverlapFacts, 'sides'>): string {
  return sides.map(({ agent }) => (agent === null ? 'the target' : name(agent))).join(' and ');
}

function name(agent: string): string {
  return escapeText(agent);
}
