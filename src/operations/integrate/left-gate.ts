import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from '../../process/run-shell.ts';
import { readIfThere, replaceFile } from '../../state/atomic-file.ts';
import type { Layout } from '../../state/layout.ts';
import { processAsOwner, type Owner } from '../../state/owner.ts';

/** Notes the gate that runs now, so that one whose run was killed can be ended: it would write into the next gate's folder. */
export function noteRunning(layout: Layout, pid: number, command: string): void {
  replaceFile(runningFile(layout), JSON.stringify(processAsOwner(pid, command)));
}

export function forgetRunning(layout: Layout): void {
  rmSync(runningFile(layout), { force: true });
}

/** Ends a gate that an earlier run left running. Call it with the coordinator's mutex held. */
export function endLeftGate(layout: Layout): void {
  const text = readIfThere(runningFile(layout));
  if (text === null) return;
  const owner = JSON.parse(text) as Owner;
  const now = processAsOwner(owner.pid, owner.command);
  // The very same process, not another one that got its number.
  const same = now.host === owner.host && now.boot === owner.boot && now.namespace === owner.namespace && now.started === owner.started;
  if (same && owner.started !== '') killGroup(owner.pid);
  forgetRunning(layout);
}

function runningFile(layout: Layout): string {
  return join(layout.gate, 'running.json');
}
