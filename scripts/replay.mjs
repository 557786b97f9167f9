// Runs scripts/replaying/main.ts with the sources as they are: scripts/replay REPOSITORY [--merges N] [--seed S] [-c KEY=VALUE]…
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const { outputFiles: [bundle] } = await build({
  entryPoints: [fileURLToPath(new URL('replaying/main.ts', import.meta.url))],
  bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20.19', logLevel: 'error',
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire('/');" },
});
const { main } = await import(`data:text/javascript;base64,${Buffer.from(bundle.contents).toString('base64')}`);
process.exitCode = await main(process.argv.slice(2));
