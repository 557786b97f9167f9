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
 * module.enableCompileCache() does from Node 22 on. V8 itself refuses code of another version or source, and compiles then.
 * `keep` is given every file of the folder that is loaded, for who wants to make those files.
 */
export function useCompileCache(folder: string, keep?: (path: string, script: Script) => void): void {
  const usual = loaders['.js'];
  loaders['.js'] = (module, path) => {
    const cachedData = dirname(path) === folder ? bytesOf(`${path}.cache`) : undefined;
    if (cachedData === undefined && (keep === undefined || dirname(path) !== folder)) return usual(module, path);
    const script = new Script(Module.wrap(readFileSync(path, 'utf8')), { filename: path, ...(cachedData === undefined ? {} : { cachedData }) });
    keep?.(path, script);
    const run = script.runInThisContext() as Wrapped;
    run.call(module.exports, module.exports, (id) => module.require(id), module, path, folder);
  };
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
