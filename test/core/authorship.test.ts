import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorName, authorOf, namedAuthors, type Evidence } from '../../src/core/authorship.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { trailerFor } from '../../src/core/trailer.ts';

const USUAL = 'Assisted-by: {agent}:{model}';
const glm = 'glm' as AgentId;
const made = (message: string, more: Partial<Evidence> = {}, template = USUAL): string => authorName(authorOf({ message, recorded: null, landed: [], besideLandings: false, ...more }, template));

describe('who made a commit', () => {
  it('is what its trailer says, before what was recorded: a pick keeps its author', () => {
    expect(made('subject\n\nAssisted-by: claude:opus-4.5\n', { recorded: glm, landed: [glm], besideLandings: true })).toBe('claude');
  });

  it('is who reported it, then who landed it, one or several', () => {
    expect(made('subject', { recorded: glm, landed: ['kimi' as AgentId] })).toBe('glm');
    expect(made('subject', { landed: ['kimi' as AgentId, glm, glm] })).toBe('glm+kimi');
  });

  it('is a person only where it came beside the landings, else unknown', () => {
    expect(made('subject', { besideLandings: true })).toBe('human');
    expect(made('subject')).toBe('unknown');
  });

  it('is all of those whose messages a squash joined, and unknown where something else than one of ours is named', () => {
    expect(made('Land two (#12)\n\n* one\n\nAssisted-by: glm:glm-4.7\n\n* two\n\nAssisted-by: kimi:k2\n\nCo-authored-by: Ada <a@x>\n', { besideLandings: true })).toBe('glm+kimi');
    expect(made('subject\n\nAssisted-by: Claude Code\n', { besideLandings: true, recorded: glm })).toBe('unknown');
    expect(made('subject\n\nAssisted-by: human:x\n', { besideLandings: true })).toBe('unknown');
  });
});

describe('the trailers of a message', () => {
  it('name agent and model, each once, in the configured form and the usual one', () => {
    expect(namedAuthors('s\n\nassisted-by: glm:glm-4.7\nAssisted-by: glm:glm-4.7\r\nAssisted-by: glm\n', USUAL)).toEqual([{ agent: 'glm', model: 'glm-4.7' }]);
    expect(namedAuthors('s\n\nMade-with: glm (glm 4.7)\nAssisted-by: kimi:k2\n', 'Made-with: {agent} ({model})')).toEqual([{ agent: 'glm', model: 'glm 4.7' }, { agent: 'kimi', model: 'k2' }]);
    expect(namedAuthors('s\n\nAssisted-by: glm\n', USUAL)).toEqual([{ agent: 'glm', model: null }]);
  });

  it('are lines of their own', () => {
    expect(namedAuthors('the line "Assisted-by: glm:x" was missing\n\n  Assisted-by: glm:x\n', USUAL)).toEqual([]);
  });

  it('are read back as they were written, by any template', () => {
    const templates = fc.constantFrom(USUAL, 'Made-with: {agent} ({model})', 'Agent: {agent}', 'AI: {agent} / {model}', 'Bot: {agent}@{model}');
    fc.assert(fc.property(templates, fc.constantFrom('glm', 'glm-4.7', 'claude.code'), fc.option(fc.constantFrom('opus-4.5', 'k2', 'vendor/model v1')), (template, agent, model) => {
      const line = trailerFor(template, agent as AgentId, model);
      expect(namedAuthors(`subject\n\n${line}\n`, template)).toEqual([{ agent, model: template.includes('{model}') ? model : null }]);
    }));
  });
});
