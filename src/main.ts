#!/usr/bin/env node
import * as module from 'node:module';
import { VERSION } from './version.ts';

// From Node 22 on; Node 20 has no such cache.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const { main } = await import('./cli/program.ts');
  process.exitCode = await main(process.argv.slice(2));
}
