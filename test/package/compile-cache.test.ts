import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { keptCode } from '../../src/compile-cache.ts';
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
    const source = readFileSync(path);
    const cachedData = keptCode(readFileSync(join(PROJECT, 'dist', name)), source) ?? Buffer.alloc(0);
    const script = new Script(Module.wrap(source.toString('utf8')), { filename: path, cachedData });
    expect(script.cachedDataRejected).toBe(false);
  });

  it.each([
    ['another version', (cache: Buffer) => Buffer.concat([cache.subarray(0, 4), Buffer.from([cache.readUInt8(4) ^ 0xff]), cache.subarray(5)])],
    ['half of it', (cache: Buffer) => cache.subarray(0, cache.length / 2)],
    ['an empty file', () => Buffer.alloc(0)],
  ])('of %s is passed over', (_what, changed) => {
    const installed = install();
    for (const name of CACHES) writeFileSync(join(installed.dist, name), changed(readFileSync(join(PROJECT, 'dist', name))));
    expect(installed.init()).toMatchObject({ status: 0 });
  });

  // Seen to run as it was before: V8 compares the length of the source, and no more.
  it('of another source of the same length is passed over', () => {
    const installed = install();
    const program = join(installed.dist, 'program.js');
    writeFileSync(program, readFileSync(program, 'utf8').replaceAll('this repository is set up', 'THIS repository is set up'));
    expect(installed.init()).toMatchObject({ status: 0, stdout: expect.stringContaining('THIS repository is set up') as string });
  });
});

/** A copy of the package, and `aiteam init` of it in a scratch repository. */
function install(): { readonly dist: string; readonly init: () => SpawnSyncReturns<string> } {
  const { folder, repo, env } = scratch();
  for (const part of ['dist', 'hooks', 'package.json']) cpSync(join(PROJECT, part), join(folder, 'installed', part), { recursive: true });
  const dist = join(folder, 'installed/dist');
  return { dist, init: () => spawnSync(process.execPath, [join(dist, 'main.js'), 'init', 'glm'], { cwd: repo, env, encoding: 'utf8' }) };
}
