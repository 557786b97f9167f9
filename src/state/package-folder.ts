import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

let found: string | undefined;

/** The folder that this program was installed in: the one that holds `hooks` and `dist`, from the bundle or from source. */
export function packageFolder(): string {
  found ??= findPackage();
  return found;
}

function findPackage(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'hooks', 'lib.sh'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the folder hooks of the package is missing');
    folder = above;
  }
  return folder;
}

/** The bundled program that runs now; from source the one that the build makes. */
export function bundleFile(): string {
  const folder = packageFolder();
  const [built = ''] = import.meta.dirname.slice(folder.length + 1).split(sep);
  return join(folder, built === 'src' ? 'dist' : built, 'main.js');
}
