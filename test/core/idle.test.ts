import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idleFor, idleLimit, outputTime, REDRAW_SECONDS, type WindowTimes } from '../../src/core/idle.ts';
import type { AgentId } from '../../src/core/ids.ts';

const GLM = 'glm' as AgentId;
const time = fc.integer({ min: 1, max: 60 });
/** What happens to a window: it shows something of its own, or gets another size and may be drawn anew. */
const happening = fc.oneof(fc.record({ kind: fc.constant('output' as const), after: time }), fc.record({ kind: fc.constant('resize' as const), after: time, drawnAfter: fc.option(fc.integer({ min: 0, max: REDRAW_SECONDS })) }));

describe('when a window last showed something of its own', () => {
  it('is not when it was drawn anew for another size, however often that was', () => {
    fc.assert(fc.property(fc.array(happening, { maxLength: 12 }), (happenings) => {
      let times: WindowTimes = { activity: 1000, resized: null, before: null };
      let [now, expected] = [1000, 1000];
      for (const happened of happenings) {
        // What comes with the picture cannot be told from it.
        now += happened.after + REDRAW_SECONDS + 1;
        if (happened.kind === 'output') [times, expected] = [{ ...times, activity: now }, now];
        else {
          // As tmux's hook does it.
          times = { ...times, before: times.activity > (times.resized ?? 0) + REDRAW_SECONDS ? times.activity : times.before, resized: now };
          if (happened.drawnAfter !== null) times = { ...times, activity: now + happened.drawnAfter };
        }
        expect(outputTime(times)).toBe(expected);
      }
    }));
  });
});

describe('how long an agent is idle', () => {
  it('is the time since the last sign of it, and never less than nothing', () => {
    expect(idleFor(100, 40, 70)).toBe(30);
    expect(idleFor(100, 40, 170)).toBe(0);
  });

  it('may be what is said of it before what is said of all, and the person before the project', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 9 }));
    fc.assert(fc.property(limit, limit, limit, limit, (mine, theirs, mineOfAll, theirsOfAll) => {
      const agents = (idle: number | null) => new Map([[GLM, { provider: null, model: null, role: null, command: null, args: null, env: new Map<string, string>(), idle }]]);
      const [project, user] = [{ agents: agents(theirs), idle: theirsOfAll }, { agents: agents(mine), idle: mineOfAll }];
      expect(idleLimit(GLM, project, user)).toBe([mine, theirs, mineOfAll, theirsOfAll].find((one) => one !== null) ?? null);
      expect(idleLimit('claude' as AgentId, project, user)).toBe(mineOfAll ?? theirsOfAll);
    }));
  });
});
