import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Failpoint } from '../../src/process/failpoint.ts';
import { readHistory, readJournal } from '../../src/state/journal.ts';
import { layoutOf } from '../../src/state/layout.ts';
import { expectSettled, failAt, withKinds } from '../support/failpoints.ts';
import { endedProcess, writeEvents } from '../support/journal-folder.ts';
import { expectDone, team } from '../support/scratch.ts';

const COMPACTION: readonly Failpoint[] = ['checkpoint-written', 'archive-written', 'archived-removed'];
const FILES = 70;

it.each(withKinds(COMPACTION))('compaction ended at %s, by %s: every event is there, once', (point, kinds) => {
  const made = team('glm');
  const layout = layoutOf(join(made.repo, '.git'), made.repo);
  for (const [round, kind] of kinds.entries()) {
    const told = Array.from({ length: FILES }, (_, index) => `${kind} ${index}`);
    for (const [index, task] of told.entries()) writeEvents(layout, endedProcess(round * FILES + index + 1), [{ kind: 'task', agent: 'glm', task, files: [], at: round * FILES + index + 1 }]);
    const tasks = (): string[] => readHistory(layout).flatMap((event) => (event.kind === 'task' && event.task?.startsWith(kind) ? [event.task] : []));
    failAt(made, point, kind, ['status']);
    expect([kind, tasks().sort()]).toEqual([kind, told.toSorted()]);
    expectDone(made.aiteam(['status']));
    expectDone(made.aiteam(['status']));
    expect([kind, tasks().sort(), readJournal(layout).torn]).toEqual([kind, told.toSorted(), []]);
    expect([kind, readdirSync(layout.journal).filter((name) => name.startsWith('p-')).length < FILES]).toEqual([kind, true]);
    expectSettled(made, kind);
  }
});
