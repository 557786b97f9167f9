#!/usr/bin/env node
import { useCompileCache } from './compile-cache.ts';

declare const AITEAM_VERSION: string;

const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${AITEAM_VERSION}\n`);
} else {
  // From Node 22 on it has a cache of its own.
  const { enableCompileCache } = process.getBuiltinModule('node:module') as { enableCompileCache?: () => void };
  if (enableCompileCache === undefined) useCompileCache(import.meta.dirname);
  else enableCompileCache();
  void import('./cli/program.ts').then(async ({ main }) => { process.exitCode = await main(process.argv.slice(2)); });
}
