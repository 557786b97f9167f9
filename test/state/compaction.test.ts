import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { frame } from '../../src/core/frames.ts';
import { compactJournal, compactWhenDue } from '../../src/state/compaction.ts';
import { readHistory, readJournal } from '../../src/state/journal.ts';
import { layoutOf, type Layout } from '../../src/state/layout.ts';
import { withMutex } from '../../src/state/mutex.ts';
import { processFileName } from '../../src/state/journal-files.ts';
import { endedProcess, journalFolder, makeSilent, NO_PROCESS, writeEvents } from '../support/journal-folder.ts';
import { anyRecords, comparable } from '../support/journal-records.ts';
import { scratch } from '../support/scratch.ts';

const task = (text: string, at: number): unknown => ({ kind: 'task', agent: 'glm', task: text, files: [], at });
const files = (layout: Layout): string[] => readdirSync(layout.journal).sort();
const withoutCheckpoint = (layout: Layout): Layout => {
  const copy = journalFolder();
  cpSync(layout.journal, copy.journal, { recursive: true, preserveTimestamps: true });
  rmSync(join(copy.journal, 'checkpoint.json'), { force: true });
  return copy;
};

/** A journal with what compaction has to do with: ended and living processes, hooks, torn pieces. */
function busyJournal(): Layout {
  const layout = journalFolder();
  for (let number = 1; number <= 3; number += 1) writeEvents(layout, endedProcess(number), [task(`p${number}`, number * 1000), { kind: 'commit', agent: 'glm', id: `${number}`.repeat(40), at: number }]);
  writeEvents(layout, endedProcess(4), [task('torn', 500)], frame(task('never', 9000)).slice(0, 15));
  makeSilent(layout, endedProcess(4));
  writeEvents(layout, processFileName(1), [task('living', 2500)]);
  writeEvents(layout, 'hook-glm.log', [{ kind: 'commit', agent: 'glm', id: 'a'.repeat(40), at: 1000 }, 'no event', task('hook', 1500)]);
  return layout;
}

describe('compaction', () => {
  it('puts the files of ended processes into one archive and leaves hooks and living processes alone', () => {
    const layout = busyJournal();
    compactJournal(layout);
    expect(files(layout)).toEqual([expect.stringMatching(/^archive-.*\.log$/), 'checkpoint.json', 'hook-glm.log', processFileName(1)]);
    expect(readJournal(layout)).toMatchObject({ liveBytes: 0 });
  });

  it('leaves the ledger, the history and what is torn as they were, with its checkpoint and without it', () => {
    fc.assert(fc.property(anyRecords, (records) => {
      const layout = busyJournal();
      records.forEach(({ writer, seq: _seq, ...event }) => {
        const file = writer.startsWith('p-') ? endedProcess(writer === 'p-1.log' ? 5 : 6) : writer;
        writeFileSync(join(layout.journal, file), frame(event), { flag: 'a' });
      });
      const told = (from: Layout): unknown => [comparable(readJournal(from).ledger), readHistory(from).map((record) => [record.writer, record.seq]), [...readJournal(from).torn].sort((a, b) => (a.file < b.file ? -1 : 1))];
      const before = told(layout);
      compactJournal(layout);
      expect(told(layout)).toEqual(before);
      expect(told(withoutCheckpoint(layout))).toEqual(before);
      compactJournal(layout);
      expect(told(layout)).toEqual(before);
    }), { numRuns: 25 });
  });

  it('killed at any point leaves a journal that reads the same and that the next one finishes', () => {
    const before = busyJournal();
    const after = journalFolder();
    cpSync(before.journal, after.journal, { recursive: true, preserveTimestamps: true });
    compactJournal(after);
    const archive = files(after).find((name) => name.startsWith('archive-')) ?? '';
    const ended = [1, 2, 3, 4].map(endedProcess);

    // What a kill leaves: which of the new files are there, and which of the old ones are gone.
    const states: { name: string; there: string[]; gone: string[]; leftover?: string }[] = [
      { name: 'while the checkpoint is written', there: [], gone: [], leftover: 'checkpoint.json.7.1.tmp' },
      { name: 'before the archive', there: ['checkpoint.json'], gone: [] },
      { name: 'while the archive is written', there: ['checkpoint.json'], gone: [], leftover: `${archive}.7.1.tmp` },
      { name: 'before the files are deleted', there: ['checkpoint.json', archive], gone: [] },
      { name: 'between two deletions', there: ['checkpoint.json', archive], gone: ended.slice(0, 2) },
      { name: 'before the last checkpoint', there: ['checkpoint.json', archive], gone: ended },
    ];
    for (const state of states) {
      const layout = journalFolder();
      cpSync(before.journal, layout.journal, { recursive: true, preserveTimestamps: true });
      if (state.there.includes('checkpoint.json')) {
        // The first checkpoint: it covers the files that are going to be archived.
        compactJournal(layout);
        for (const name of files(layout)) if (name.startsWith('archive-')) rmSync(join(layout.journal, name));
        const checkpoint = join(layout.journal, 'checkpoint.json');
        const content = JSON.parse(readFileSync(checkpoint, 'utf8')) as { covers: [string, number][] };
        for (const file of ended) content.covers.push([file, statSync(join(before.journal, file)).size]);
        writeFileSync(checkpoint, JSON.stringify(content));
        for (const file of ended) cpSync(join(before.journal, file), join(layout.journal, file), { preserveTimestamps: true });
      }
      if (state.there.includes(archive)) cpSync(join(after.journal, archive), join(layout.journal, archive));
      for (const file of state.gone) rmSync(join(layout.journal, file));
      if (state.leftover !== undefined) writeFileSync(join(layout.journal, state.leftover), 'half');

      const told = (from: Layout): unknown => [comparable(readJournal(from).ledger), readHistory(from), readJournal(from).torn.length];
      const expected = told(before);
      expect(told(layout), state.name).toEqual(expected);
      expect(told(withoutCheckpoint(layout)), state.name).toEqual(expected);
      compactJournal(layout);
      expect(files(layout).filter((name) => name.endsWith('.tmp') || ended.includes(name)), state.name).toEqual([]);
      expect(told(layout), state.name).toEqual(expected);
      expect(told(withoutCheckpoint(layout)), state.name).toEqual(expected);
    }
  });

  it('takes what a process of a container that was thought dead writes to its old name as new', () => {
    const layout = journalFolder();
    writeEvents(layout, endedProcess(1), [task('a', 1000)]);
    compactJournal(layout);
    expect(existsSync(join(layout.journal, endedProcess(1)))).toBe(false);
    writeEvents(layout, endedProcess(1), [task('longer than before', 2000), task('b', 3000)]);
    expect(readJournal(layout).ledger.agents.get('glm' as never)?.task).toBe('b');
    expect(readHistory(withoutCheckpoint(layout))).toHaveLength(3);
  });

  it('keeps its hands off the files of processes on another host', () => {
    const layout = journalFolder();
    const foreign = `p-m0-${NO_PROCESS}-elsewhere-4026531836.log`;
    writeEvents(layout, foreign, [task('a', 1000)]);
    compactJournal(layout);
    expect(files(layout)).toEqual(['checkpoint.json', foreign]);
  });
});

describe('compaction when due', () => {
  it('waits for a quarter of a megabyte or 64 process files', async () => {
    const { repo, env } = scratch();
    const git = openGit(repo, env);
    const layout = layoutOf(join(repo, '.git'), repo);
    const due = async (): Promise<boolean> => compactWhenDue(git, layout, readJournal(layout));
    cpSync(busyJournal().journal, layout.journal, { recursive: true });
    expect(await due()).toBe(false);
    writeEvents(layout, 'hook-big.log', Array.from({ length: 3_000 }, (_, at) => task('x'.repeat(60), at)));
    expect(await due()).toBe(true);
    for (let number = 1; number <= 65; number += 1) writeEvents(layout, endedProcess(number), [task('a', number)]);
    expect(await due()).toBe(true);
    expect(await due()).toBe(false);
  });

  it('leaves it to another process that is at it already', async () => {
    const { repo, env } = scratch();
    const git = openGit(repo, env);
    const layout = layoutOf(join(repo, '.git'), repo);
    cpSync(journalFolder().journal, layout.journal, { recursive: true });
    writeEvents(layout, 'hook-big.log', Array.from({ length: 3_000 }, (_, at) => task('x'.repeat(60), at)));
    await withMutex(git, 'compaction', { command: 'another', waitMs: 0 }, async () => {
      expect(await compactWhenDue(git, layout, readJournal(layout))).toBe(false);
    });
  });
});

describe('a journal of 100,000 events', () => {
  it('is read from its checkpoint, not from its files', () => {
    const layout = journalFolder();
    for (let file = 0; file < 50; file += 1) {
      writeEvents(layout, `hook-${file}.log`, Array.from({ length: 2_000 }, (_, at) => ({ kind: 'commit', agent: `agent${file}`, id: `${file}-${at}`.padEnd(40, '0'), at })));
    }
    expect(readJournal(layout).liveBytes).toBeGreaterThan(9_000_000);
    compactJournal(layout);
    expect(readJournal(layout).liveBytes).toBe(0);
    expect(statSync(join(layout.journal, 'checkpoint.json')).size).toBeLessThan(1_000_000);
  });
});
