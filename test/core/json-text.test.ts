import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonText } from '../../src/core/text.ts';

it('JSON reads back as it was and holds nothing that a terminal acts on', () => {
  const text = fc.array(fc.constantFrom('a', '\n', '\u001b', '\u0085', '\u202e', '\u2028', '\ufeff', '\u{e0041}', '\ud800', '"', '\\', 'é', '日', '😀')).map((parts) => parts.join(''));
  fc.assert(fc.property(fc.dictionary(text, fc.array(text)), (value) => {
    const json = jsonText(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028\ufeff]|[\u{e0000}-\u{e007f}]/u);
  }));
});
