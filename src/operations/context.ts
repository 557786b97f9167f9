import type { ConfiguredCommand } from '../core/approval.ts';
import type { Env } from '../process/run.ts';

/** What happens while an operation works; the terminal shows it on stderr. */
export type Progress =
  | { readonly kind: 'doing'; readonly what: string }
  | { readonly kind: 'output'; readonly chunk: Uint8Array }
  /** What would run, in full, before the person is asked. */
  | { readonly kind: 'commands'; readonly commands: readonly ConfiguredCommand[] }
  | { readonly kind: 'warning'; readonly message: string; readonly hints: readonly string[] };

/** What an operation is told of the world outside. */
export interface Context {
  readonly cwd: string;
  readonly env: Env;
  readonly narrate: (progress: Progress) => void;
  /** Asks the person at the terminal; null where there is nobody to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

/** Shows a warning on the way. */
export function warn(context: Context, message: string, ...hints: string[]): void {
  context.narrate({ kind: 'warning', message, hints });
}

/** Says what is being done now. */
export function doing(context: Context, what: string): void {
  context.narrate({ kind: 'doing', what });
}
