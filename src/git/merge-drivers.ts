import type { RepoPath } from '../core/ids.ts';

/** A merge driver that git asked for and that was not run, or could not run. */
export interface DriverUse {
  readonly driver: string;
  /** The path that it was to merge. */
  readonly path: RepoPath;
}

/** What a driver that may not run is replaced with: it says on stderr that it was wanted, and merges nothing. */
export function standIn(index: number): string {
  return `${report(index)} exit 1`;
}

/** The driver's own command, which says on stderr where it could not run: git takes that for a conflict. */
export function watched(command: string, index: number): string {
  return `(\n${command}\n); aiteam_code=$?; if [ $aiteam_code -gt 125 ]; then ${report(index)} fi; exit $aiteam_code`;
}

/** The uses that stand-ins and watched drivers reported, each once; `drivers` by the number with which they report. */
export function driverUses(stderr: Buffer, drivers: readonly string[]): DriverUse[] {
  const uses = new Map<string, DriverUse>();
  for (const [whole, index = '', path = ''] of stderr.toString('latin1').matchAll(/aiteam-driver (\d+)\0([^\0]*)\0/g)) {
    uses.set(whole, { driver: drivers[Number(index)] ?? '', path: path as RepoPath });
  }
  return [...uses.values()];
}

function report(index: number): string {
  // Git puts the path, quoted for the shell, where %P stands (gitattributes(5)).
  return `printf 'aiteam-driver ${index}\\0%s\\0' %P >&2;`;
}
