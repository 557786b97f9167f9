import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, replaceQuickly } from '../../state/atomic-file.ts';
import type { Layout } from '../../state/layout.ts';
import { isDead, thisProcess, type Owner } from '../../state/owner.ts';

/** What a run is doing: nothing on the target changes before `landing`, and everything has by `recording`. */
export type Phase = 'planning' | 'gating' | 'landing' | 'recording';

/** The run that has the coordinator's mutex, or that died with it. */
export interface RunNote {
  readonly version: 1;
  readonly id: string;
  readonly target: string;
  readonly phase: Phase;
  readonly owner: Owner;
}

/** Notes on disk how far a run has come; the last note stays behind when it is killed. */
export function noteRun(layout: Layout, run: { readonly id: string; readonly target: string }, phase: Phase): void {
  replaceQuickly(noteFile(layout), `${JSON.stringify({ version: 1, ...run, phase, owner: thisProcess('aiteam integrate') } satisfies RunNote)}\n`);
}

export function forgetRun(layout: Layout): void {
  rmSync(noteFile(layout), { force: true });
}

/** The run under way, or the one that was killed, with `killed` telling which; null where there is none. */
export function readRun(layout: Layout): (RunNote & { readonly killed: boolean }) | null {
  const text = readIfThere(noteFile(layout));
  if (text === null) return null;
  try {
    const note = JSON.parse(text) as RunNote;
    return { ...note, killed: isDead(note.owner) };
  } catch (error) {
    // A power cut left it empty: what is to be completed says the intent.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function noteFile(layout: Layout): string {
  return join(layout.root, 'run.json');
}
