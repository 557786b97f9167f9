/** One thing that `doctor` looked at. */
export interface Finding {
  /** What was looked at: `git`, `hooks`, `worktrees`, … */
  readonly check: string;
  readonly level: 'good' | 'warning' | 'problem';
  readonly message: string;
  /** What to type, where we cannot or may not mend it. */
  readonly hints: readonly string[];
  /** Mends it; null where only a person can. */
  readonly mend: (() => Promise<void>) | null;
}

export function good(check: string, message: string): Finding {
  return { check, level: 'good', message, hints: [], mend: null };
}

export function warning(check: string, message: string, ...hints: string[]): Finding {
  return { check, level: 'warning', message, hints, mend: null };
}

export function problem(check: string, message: string, ...hints: string[]): Finding {
  return { check, level: 'problem', message, hints, mend: null };
}

/** The finding with a way to mend it. */
export function mendable(finding: Finding, mend: () => Promise<void>): Finding {
  return { ...finding, mend };
}
