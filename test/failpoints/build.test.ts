import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

function holders(folder: string, text: string): string[] {
  return readdirSync(join(PROJECT, folder)).filter((name) => readFileSync(join(PROJECT, folder, name), 'latin1').includes(text));
}

test('what is shipped knows no failpoint; what the tests of them drive does', () => {
  for (const text of ['AITEAM_FAILPOINT', 'AITEAM_BEAT_MS', 'files-moved']) {
    expect(holders('dist', text)).toEqual([]);
    expect(holders('dist-test', text)).toEqual(['program.js']);
  }
});
