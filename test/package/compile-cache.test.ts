import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { scratch } from '../support/scratch.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const CACHES = readdirSync(join(PROJECT, 'dist')).filter((name) => name.endsWith('.cache'));

describe('what V8 compiled of the bundle when it was built', () => {
  it('is there for what every command loads', () => {
    expect(CACHES).toEqual(expect.arrayContaining(['program.js.cache', 'yaml.js.cache']));
  });

  // Seen to be refused with one character added to the source after the build.
  it.each(CACHES)('%s is taken by the Node that made it', (name) => {
    const path = join(PROJECT, 'dist', name.replace(/\.cache$/, ''));
    const script = new Script(Module.wrap(readFileSync(path, 'utf8')), { filename: path, cachedData: readFileSync(join(PROJECT, 'dist', name)) });
    expect(script.cachedDataRejected).toBe(false);
  });

  it.each([
    ['another version', (cache: Buffer) => Buffer.concat([cache.subarray(0, 4), Buffer.from([cache.readUInt8(4) ^ 0xff]), cache.subarray(5)])],
    ['half of it', (cache: Buffer) => cache.subarray(0, cache.length / 2)],
    ['an empty file', () => Buffer.alloc(0)],
  ])('of %s is passed over', (_what, changed) => {
    const { folder, repo, env } = scratch();
    for (const part of ['dist', 'hooks', 'package.json']) cpSync(join(PROJECT, part), join(folder, 'installed', part), { recursive: true });
    for (const name of CACHES) writeFileSync(join(folder, 'installed/dist', name), changed(readFileSync(join(PROJECT, 'dist', name))));
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'installed/dist/main.js'), 'init', 'glm'], { cwd: repo, env, encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
