import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTrailerLine } from '../../src/core/trailer.ts';

const LINE = 'Signed-off-by: Human <human@example.org>';

describe('adding a trailer line', () => {
  it('goes to the trailers that are there, else into a paragraph of its own', () => {
    expect(withTrailerLine('subject\n', LINE)).toBe(`subject\n\n${LINE}\n`);
    expect(withTrailerLine('fix: subject\n', LINE)).toBe(`fix: subject\n\n${LINE}\n`);
    expect(withTrailerLine('subject\n\nbody\n', LINE)).toBe(`subject\n\nbody\n\n${LINE}\n`);
    expect(withTrailerLine('voil\xc3\xa0', LINE)).toBe(`voil\xc3\xa0\n\n${LINE}\n`);
    expect(withTrailerLine('subject\n\nAssisted-by: glm\n', LINE)).toBe(`subject\n\nAssisted-by: glm\n${LINE}\n`);
  });

  it('changes nothing the second time, and never makes an empty message one', () => {
    fc.assert(fc.property(fc.string(), (message) => {
      const once = withTrailerLine(message, LINE);
      expect(withTrailerLine(once, LINE)).toBe(once);
      if (/^[ \t\r\n]*$/.test(message)) expect(once).toBe(message);
    }));
  });
});
