import * as fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keep, readKept, type KeptRun } from '../../src/state/run-cache.ts';

const KEY = 'a'.repeat(64);
const RUN: KeptRun = { exitCode: 3, agent: 'glm', at: 1000, ms: 20, output: [[1, Buffer.from('out\n')], [2, Buffer.from([0xff, 0x0a])], [1, Buffer.from('more')]] };

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiteam-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const plain = (run: KeptRun | null): unknown => (run === null ? null : { ...run, output: run.output.map(([stream, bytes]) => [stream, [...bytes]]) });

describe('the cache of runs', () => {
  it('gives what was kept, byte for byte and in its order', () => {
    const folder = newFolder();
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.uint8Array({ maxLength: 50 })), { maxLength: 5 }), fc.option(fc.string()), (output, agent) => {
      keep(folder, KEY, { ...RUN, agent, output }, 1e6);
      expect(plain(readKept(folder, KEY))).toEqual(plain({ ...RUN, agent, output }));
    }), { numRuns: 30 });
    expect(readKept(folder, 'b'.repeat(64))).toBeNull();
  });

  // Seen to be served cut short where the hash was not compared.
  it('never gives a damaged one: cut anywhere, or with a byte changed, it is none and is removed', () => {
    const folder = newFolder();
    keep(folder, KEY, RUN, 1e6);
    const whole = readFileSync(join(folder, KEY));
    fc.assert(fc.property(fc.nat({ max: whole.length - 1 }), fc.boolean(), (at, cut) => {
      writeFileSync(join(folder, KEY), cut ? whole.subarray(0, at) : Buffer.concat([whole.subarray(0, at), Buffer.from([(whole[at] ?? 0) ^ 1]), whole.subarray(at + 1)]));
      expect(readKept(folder, KEY)).toBeNull();
      expect(existsSync(join(folder, KEY))).toBe(false);
    }));
  });

  // Seen to throw, to give "out" for more, or to wait for ever, without `readHeader` and the look at what lies there.
  it('never gives what another program has put there under the right hash, or something that is no file', () => {
    const folder = newFolder();
    const put = (header: unknown, rest = 'out'): void => {
      const content = `${typeof header === 'string' ? header : JSON.stringify(header)}\n${rest}`;
      writeFileSync(join(folder, KEY), `${createHash('sha256').update(content).digest('hex')}\n${content}`);
    };
    const header = { version: 1, exitCode: 0, agent: null, at: 1, ms: 1, pieces: [[1, 3]] };
    put(header);
    expect(plain(readKept(folder, KEY))).toMatchObject({ output: [[1, [...Buffer.from('out')]]] });
    const forged = [
      'null', 'no json', '[]', {}, { ...header, version: 2 }, { ...header, exitCode: 'x' }, { ...header, exitCode: 256 }, { ...header, agent: {} }, { ...header, at: null },
      { ...header, pieces: null }, { ...header, pieces: [null] }, { ...header, pieces: [[3, 3]] }, { ...header, pieces: [[1, 2]] }, { ...header, pieces: [[1, 4]] }, { ...header, pieces: [[1, 4], [1, -1]] },
    ];
    for (const one of forged) {
      put(one);
      expect([one, readKept(folder, KEY), existsSync(join(folder, KEY))]).toEqual([one, null, false]);
    }
    const strange = [() => mkdirSync(join(folder, KEY, 'x'), { recursive: true }), () => symlinkSync(KEY, join(folder, KEY)), () => void execFileSync('mkfifo', [join(folder, KEY)])];
    for (const make of strange) {
      make();
      expect([readKept(folder, KEY), readdirSync(folder)]).toEqual([null, []]);
    }
  });

  it('what was not used for longest goes first, until the rest fits', () => {
    const folder = newFolder();
    const key = (name: string): string => name.repeat(64);
    const big: KeptRun = { ...RUN, output: [[1, Buffer.alloc(1000)]] };
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      keep(folder, key(name), big, 1e6);
      utimesSync(join(folder, key(name)), index + 1, index + 1);
    }
    // Reading it makes it the newest.
    expect(readKept(folder, key('a'))).not.toBeNull();
    keep(folder, key('d'), big, 3600);
    expect(readdirSync(folder).sort()).toEqual([key('a'), key('c'), key('d')]);
    keep(folder, key('e'), big, 0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
