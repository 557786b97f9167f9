/**
 * What sort of failure it is; the exit code follows from it.
 * `refused`: nothing was tried, nothing changed (1). `usage`: the command line or the configuration is wrong (2).
 * `incomplete`: something was done and something is left (3). `interrupted`: a signal ended it (128 + n).
 */
export type ErrorKind = 'refused' | 'usage' | 'incomplete' | 'interrupted';

export interface ErrorDetails {
  /** A stable kebab-case name that scripts may rely on, such as `worktree-dirty`. */
  readonly code: string;
  readonly kind?: ErrorKind;
  /** What to do next, one line each; a command to type where there is one. */
  readonly hints?: readonly string[];
  readonly cause?: unknown;
}

/** An expected failure: its message says what failed and why, its hints what to type next. */
export class AiteamError extends Error {
  override readonly name = 'AiteamError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hints: readonly string[];

  constructor(message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.kind = details.kind ?? 'refused';
    this.hints = details.hints ?? [];
  }
}

/** A refusal: nothing was tried. */
export function refusal(code: string, message: string, ...hints: string[]): AiteamError {
  return new AiteamError(message, { code, hints });
}

/** A mistake in the command line or the configuration. */
export function usageError(code: string, message: string, ...hints: string[]): AiteamError {
  return new AiteamError(message, { code, kind: 'usage', hints });
}
