import { usageError } from '../core/errors.ts';

/** A configuration beyond this many bytes is refused before it is read. */
export const LARGEST_CONFIG = 64 * 1024;

/** Errors: `config-invalid` for a file of more bytes than `LARGEST_CONFIG`. */
export function checkSize(name: string, bytes: number): void {
  if (bytes > LARGEST_CONFIG) throw usageError('config-invalid', `${name}: the file has ${bytes} bytes; at most ${LARGEST_CONFIG} are read`);
}
