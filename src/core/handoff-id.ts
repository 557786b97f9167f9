/** What makes two handoffs the same one. */
export interface HandoffIdentity {
  readonly from: string;
  readonly to: string;
  readonly notes: string | null;
  /** Author time of the commit that asked for it, seconds: amend, rebase, squash and cherry-pick keep it, and change ids and patches. */
  readonly madeAt: number;
}

/** The id of a handoff that a commit's trailers ask for, by a hash: however often that commit is made anew, it is one handoff. */
export function handoffId({ from, to, notes, madeAt }: HandoffIdentity, hash: (text: string) => string): string {
  return hash(JSON.stringify(['trailer', from, to, notes, madeAt]));
}

/** The recipients in values of `Handoff-To:`, each once: `glm`, `@glm`, `glm, @deepseek`. */
export function parseRecipients(values: readonly string[]): string[] {
  const names = values.flatMap((value) => value.split(/[\s,]+/)).map((name) => name.replace(/^@/, '').toLowerCase());
  return [...new Set(names.filter((name) => name !== ''))];
}
