import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

type Loader = (module: Module, path: string) => void;
type Wrapped = (exports: unknown, require: (id: string) => unknown, module: Module, path: string, folder: string) => void;

/** Node's table of loaders by file name extension (require.extensions). */
const { _extensions: loaders } = Module as unknown as { readonly _extensions: Record<'.js', Loader> };

/**
 * Has CommonJS files of `folder` run from the code that V8 made of them before, kept in `FILE.cache` beside each: what
 * module.enableCompileCache() does from Node 22 on. V8 itself refuses code of another version, and compiles then; of the source
 * it compares the length alone. `keep` is given every file of the folder that is loaded, with what to keep of it.
 */
export function useCompileCache(folder: string, keep?: (path: string, made: () => Buffer) => void): void {
  const usual = loaders['.js'];
  loaders['.js'] = (module, path) => {
    const kept = dirname(path) === folder ? bytesOf(`${path}.cache`) : undefined;
    if (kept === undefined && (keep === undefined || dirname(path) !== folder)) return usual(module, path);
    const source = readFileSync(path);
    const cachedData = kept === undefined ? undefined : keptCode(kept, source);
    const script = new Script(Module.wrap(source.toString('utf8')), { filename: path, ...(cachedData === undefined ? {} : { cachedData }) });
    keep?.(path, () => toKeep(source, script.createCachedData()));
    const run = script.runInThisContext() as Wrapped;
    run.call(module.exports, module.exports, (id) => module.require(id), module, path, folder);
  };
}

/** What FILE.cache holds: the code, and after it the source that it was made of, whole, because comparing costs less than a hash. */
function toKeep(source: Buffer, code: Buffer): Buffer {
  return Buffer.concat([code, source]);
}

/** The code in a FILE.cache; undefined where it was not made of this source. */
export function keptCode(kept: Buffer, source: Buffer): Buffer | undefined {
  const length = kept.length - source.length;
  return length > 0 && kept.subarray(length).equals(source) ? kept.subarray(0, length) : undefined;
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
