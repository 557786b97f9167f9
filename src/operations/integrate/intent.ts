import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../core/events.ts';
import type { CommitId } from '../../core/ids.ts';
import type { Checkout } from '../../git/worktrees.ts';
import type { RemoteBranch } from '../../git/remote.ts';
import type { Layout } from '../../state/layout.ts';
import type { KeptResolution } from '../../state/resolutions.ts';
import { readIfThere, replaceFile } from '../../state/atomic-file.ts';

/** A landing that is about to move the target: enough to complete it after a kill. */
export interface LandingIntent {
  readonly version: 1;
  readonly target: string;
  readonly old: CommitId;
  readonly new: CommitId;
  readonly checkouts: readonly Checkout[];
  /** The remote's branch that the landing is pushed to first; there it is a landing already when the push has arrived. */
  readonly push?: RemoteBranch;
  /** How conflicts are settled in it: it lands only while that holds. */
  readonly resolutions?: readonly Pick<KeptResolution, 'id' | 'commit'>[];
  /** What stands in our `index.lock` files. */
  readonly token: string;
  /** What the journal gets once the target has moved. */
  readonly events: readonly Event[];
}

export function writeIntent(layout: Layout, intent: LandingIntent): void {
  replaceFile(intentFile(layout), `${JSON.stringify(intent)}\n`);
}

/** The landing that an earlier run did not complete, or null. */
export function readIntent(layout: Layout): LandingIntent | null {
  const text = readIfThere(intentFile(layout));
  return text === null ? null : (JSON.parse(text) as LandingIntent);
}

export function clearIntent(layout: Layout): void {
  rmSync(intentFile(layout), { force: true });
}

function intentFile(layout: Layout): string {
  return join(layout.root, 'landing.json');
}
