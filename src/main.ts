#!/usr/bin/env node

declare const AITEAM_VERSION: string;

// From Node 22 on; Node 20 has no such cache.
(process.getBuiltinModule('node:module') as { enableCompileCache?: () => void }).enableCompileCache?.();

const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${AITEAM_VERSION}\n`);
} else {
  void import('./cli/program.ts').then(async ({ main }) => { process.exitCode = await main(process.argv.slice(2)); });
}
