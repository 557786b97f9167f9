import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The address of a package registry on this machine that serves what `npm ci` put into node_modules; closed after the test. */
export async function localRegistry(): Promise<string> {
  const lock = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> };
  const folders = Object.keys(lock.packages).filter((folder) => folder.startsWith('node_modules/'));
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(request.url ?? '').slice(1);
    const tarball = asked.startsWith('tarball/') ? asked.slice('tarball/'.length) : null;
    if (tarball !== null && folders.includes(tarball)) {
      response.end(execFileSync('tar', ['-czf', '-', '-C', join(PROJECT, tarball, '..'), basename(tarball)], { maxBuffer: 1 << 28 }));
      return;
    }
    const versions = folders.filter((folder) => folder.endsWith(`node_modules/${asked}`)).map((folder) => {
      const manifest = JSON.parse(readFileSync(join(PROJECT, folder, 'package.json'), 'utf8')) as { version: string };
      return [manifest.version, { ...manifest, dist: { tarball: `${address}/tarball/${folder}` } }] as const;
    });
    response.statusCode = versions.length > 0 ? 200 : 404;
    response.end(JSON.stringify({ name: asked, 'dist-tags': { latest: versions[0]?.[0] }, versions: Object.fromEntries(versions) }));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  onTestFinished(() => { server.close(); });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return address;
}
