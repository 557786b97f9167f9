import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { script, type Scratch } from './scratch.ts';

/** What a fake client was started with. */
export interface Started {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
}

/** A folder of fake clients in front of the PATH; each notes what it was started with, and does then what `body` says. */
export function fakeClients(made: Scratch, names: readonly string[], body = 'exit "${FAKE_EXIT:-0}"'): { readonly path: string; started: (name: string) => Started | null } {
  const folder = join(made.folder, 'clients');
  for (const name of names) {
    script(join(folder, name), `#!/bin/sh
note=${folder}/${name}.started
printf '%s\\n' "$@" >"$note.argv"
pwd -P >"$note.cwd"
env -0 >"$note.env"
[ -n "\${FAKE_NO_INPUT-}" ] || cat >"$note.input"
: >"$note"
${body}
`);
  }
  const note = (name: string, what: string): string => readFileSync(join(folder, `${name}.started.${what}`), 'utf8');
  return {
    path: `${folder}:${made.env['PATH'] ?? ''}`,
    started: (name) => (!existsSync(join(folder, `${name}.started`)) ? null : {
      argv: note(name, 'argv').split('\n').slice(0, -1).filter((arg, at, all) => all.length > 1 || arg !== ''),
      cwd: note(name, 'cwd').trim(),
      env: Object.fromEntries(note(name, 'env').split('\0').filter((line) => line !== '').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
      input: existsSync(join(folder, `${name}.started.input`)) ? note(name, 'input') : '',
    }),
  };
}

/** A key that no output, file or argument may have in it. */
export const CANARY = 'canary-4f1d9c';
