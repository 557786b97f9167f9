// Bundles src/main.ts to dist/main.js; each command becomes a chunk of its own, loaded when it is called.
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = 'dist';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  define: { AITEAM_VERSION: JSON.stringify(version) },
  // CommonJS packages inside an ES module bundle call require() for node's own modules.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
});
await chmod(`${outdir}/main.js`, 0o755);
