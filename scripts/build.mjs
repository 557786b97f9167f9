// Bundles src/main.ts to dist/main.js, and beside it what is loaded only when it is needed. CommonJS in a few large files:
// Node's loader of ES modules takes as long for the chunks of a split bundle as a command's own work before its first git call.
// With --with-failpoints the tests' build, which nobody ships: dist-test, where AITEAM_FAILPOINT ends or fails a command.
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { keepCompiled } from './building/compile-cache.mjs';

const withFailpoints = process.argv.includes('--with-failpoints');
const outdir = withFailpoints ? 'dist-test' : 'dist';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

/** What an import asks for, and the file of its own that it becomes; each is a package or a part that not every command needs. */
const APART = {
  './cli/program.ts': 'program',
  diff: 'diff',
  execa: 'execa',
  'simple-git': 'simple-git',
  yaml: 'yaml',
};

const apart = {
  name: 'apart',
  setup(building) {
    building.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind !== 'entry-point' && Object.hasOwn(APART, path) ? { path: `./${APART[path]}.js`, external: true } : null);
  },
};

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [
    { in: 'src/main.ts', out: 'main' },
    ...Object.entries(APART).map(([path, out]) => ({ in: path.replace(/^\.\//, './src/'), out })),
  ],
  outdir,
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  // As require(): Node's own import() of a CommonJS file has its exports looked for in its text first.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  define: { AITEAM_VERSION: JSON.stringify(version), AITEAM_WITH_FAILPOINTS: String(withFailpoints), 'import.meta.dirname': '__dirname' },
  plugins: [apart],
});
if (!withFailpoints) await keepCompiled(outdir);
await writeFile(`${outdir}/package.json`, '{ "type": "commonjs" }\n');
await chmod(`${outdir}/main.js`, 0o755);
