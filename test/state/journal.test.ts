import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame } from '../../src/core/frames.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { compactJournal } from '../../src/state/compaction.ts';
import { openJournal, readHistory, readJournal } from '../../src/state/journal.ts';
import { endedProcess, journalFolder, makeSilent, scriptWith, writeEvents } from '../support/journal-folder.ts';
import { comparable, conflictFacts, handoffFacts } from '../support/journal-records.ts';

const glm = 'glm' as AgentId;
const task = (text: string, at: number): unknown => ({ kind: 'task', agent: glm, task: text, files: [], at });

describe('a journal that fifty processes write at once', () => {
  const EACH = 40;

  it('loses nothing, while another process compacts it again and again', async () => {
    const layout = journalFolder();
    const writer = await scriptWith(layout.root, 'writer', `
      import { openJournal } from './src/state/journal.ts';
      import { layoutOf } from './src/state/layout.ts';
      const journal = openJournal(layoutOf(process.argv[2], null));
      for (let n = 0; n < ${EACH}; n += 1) journal.append({ kind: 'trashed', id: process.argv[3] + '-' + n, agent: null, what: 'x'.repeat(n * 20) });
    `);
    const compactor = await scriptWith(layout.root, 'compactor', `
      import { compactJournal } from './src/state/compaction.ts';
      import { layoutOf } from './src/state/layout.ts';
      process.stdout.write('going');
      for (;;) compactJournal(layoutOf(process.argv[2], null));
    `);
    // As a hook writes: one printf, one append; five worktrees with five hooks at a time each.
    const hook = `n=0; while [ $n -lt ${EACH} ]; do printf '\\036{"kind":"trashed","id":"%s","agent":null,"what":"hook","at":%s000}\\n' "$2-$n" "$(date +%s)" >>"$1"; n=$((n+1)); done`;
    const commonDir = join(layout.root, '..');
    const compacting = spawn(process.execPath, [compactor, commonDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => compacting.stdout.once('data', resolve));
    await Promise.all(Array.from({ length: 50 }, (_, index) => new Promise((resolve, reject) => {
      const child = index % 2 === 0
        ? spawn(process.execPath, [writer, commonDir, `node${index}`], { stdio: 'inherit' })
        : spawn('/bin/sh', ['-c', hook, 'sh', join(layout.journal, `hook-${index % 5}.log`), `hook${index}`], { stdio: 'inherit' });
      child.on('error', reject);
      child.on('close', resolve);
    })));
    compacting.kill('SIGKILL');
    await new Promise((resolve) => compacting.once('close', resolve));

    const expected = Array.from({ length: 50 }, (_, index) => Array.from({ length: EACH }, (__, n) => `${index % 2 === 0 ? 'node' : 'hook'}${index}-${n}`)).flat().sort();
    const ids = (): string[] => readHistory(layout).map((record) => (record.kind === 'trashed' ? record.id : '')).sort();
    expect(ids()).toEqual(expected);
    compactJournal(layout);
    expect(ids()).toEqual(expected);
    expect(readJournal(layout).torn).toEqual([]);
  });
});

describe('a torn record', () => {
  it('at the end of a file waits for its line break, and counts as torn when nobody has written for a while', () => {
    const layout = journalFolder();
    writeEvents(layout, 'hook-glm.log', [task('a', 1000)], frame(task('b', 2000)).slice(0, 12));
    expect(readJournal(layout).torn).toEqual([]);
    makeSilent(layout, 'hook-glm.log');
    expect(readJournal(layout).torn).toEqual([{ file: 'hook-glm.log', at: frame(task('a', 1000)).length, length: 12 }]);
    expect(readJournal(layout).ledger.agents.get(glm)?.task).toBe('a');
  });

  it('in the middle costs only itself, and is still told of after compaction and without the checkpoint', () => {
    const layout = journalFolder();
    const half = frame(task('lost', 2000)).slice(0, 20);
    writeFileSync(join(layout.journal, 'hook-glm.log'), frame(task('a', 1000)) + half + frame(task('c', 3000)));
    const torn = [{ file: 'hook-glm.log', at: frame(task('a', 1000)).length, length: half.length }];
    expect(readJournal(layout)).toMatchObject({ torn });
    compactJournal(layout);
    expect(readJournal(layout)).toMatchObject({ torn });
    expect(readJournal(layout).ledger.agents.get(glm)?.task).toBe('c');
  });

  it('that a full disk left does not take the next append of the same process with it', () => {
    const layout = journalFolder();
    const journal = openJournal(layout);
    journal.append({ kind: 'task', agent: glm, task: 'a', files: [] });
    const [file = ''] = readJournal(layout).covers.keys();
    appendFileSync(join(layout.journal, file), '\u001e{"kind":"task","agent":"gl');
    journal.append({ kind: 'task', agent: glm, task: 'b', files: [] });
    const reading = readJournal(layout);
    expect(reading.ledger.agents.get(glm)?.task).toBe('b');
    expect(reading.torn).toHaveLength(1);
  });

  it('is a record that lacks a field of its kind, too', () => {
    const layout = journalFolder();
    writeEvents(layout, 'hook-glm.log', [{ kind: 'commit', agent: glm, at: 1000 }, task('a', 1000)]);
    expect(readJournal(layout).torn).toMatchObject([{ at: 0, length: frame({ kind: 'commit', agent: glm, at: 1000 }).length }]);
  });

  it('is not what a newer version wrote', () => {
    const layout = journalFolder();
    writeEvents(layout, 'hook-glm.log', [{ kind: 'of-tomorrow', at: 1000 }, task('a', 1000)]);
    expect(readJournal(layout)).toMatchObject({ torn: [] });
  });
});

describe('reading', () => {
  it('gives one ledger however a file was cut by the readings before', () => {
    const events = ['a', 'b', 'c', 'd'].map((text, index) => task(text, (index % 3) * 1000));
    const text = events.map(frame).join('');
    fc.assert(fc.property(fc.array(fc.nat(text.length), { maxLength: 4 }), (cuts) => {
      const layout = journalFolder();
      let written = 0;
      for (const cut of [...cuts, text.length].sort((a, b) => a - b)) {
        appendFileSync(join(layout.journal, 'hook-glm.log'), text.slice(written, cut));
        written = cut;
        compactJournal(layout);
      }
      const whole = journalFolder();
      writeFileSync(join(whole.journal, 'hook-glm.log'), text);
      expect(comparable(readJournal(layout).ledger)).toEqual(comparable(readJournal(whole).ledger));
    }), { numRuns: 20 });
  });

  // Seen to fail with the ledger folded into in place, with an unfinished frame of the earlier reading kept as torn, and
  // with a compaction between the two not noticed.
  it('on from an earlier reading gives what reading anew gives, and leaves the earlier one as it was', () => {
    const events = [
      { kind: 'handoff', ...handoffFacts('h'), at: 1000 }, { kind: 'conflict', ...conflictFacts('c'), at: 1000 }, task('a', 2000),
      { kind: 'handoff-closed', id: 'h', by: 'glm', how: 'closed', why: null, at: 3000 }, { kind: 'conflict-closed', id: 'c', how: 'gone', at: 4000 }, task('b', 1000),
    ];
    const text = events.map(frame).join('');
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(text.length), fc.boolean()), { minLength: 1, maxLength: 4 }), (steps) => {
      const layout = journalFolder();
      writeEvents(layout, endedProcess(1), [task('of a process that has ended', 500)]);
      let written = 0;
      let reading = readJournal(layout);
      for (const [cut, compact] of [...steps.sort(([a], [b]) => a - b), [text.length, false] as const]) {
        const [earlier, was] = [reading, comparable(reading.ledger)];
        appendFileSync(join(layout.journal, 'hook-glm.log'), text.slice(written, cut));
        written = cut;
        makeSilent(layout, 'hook-glm.log');
        reading = readJournal(layout, earlier);
        const anew = readJournal(layout);
        expect([comparable(reading.ledger), reading.torn, reading.covers]).toEqual([comparable(anew.ledger), anew.torn, anew.covers]);
        expect(comparable(earlier.ledger)).toEqual(was);
        if (compact) compactJournal(layout, earlier);
      }
    }), { numRuns: 50 });
  });

  it('does not trust a checkpoint of a version that knew other kinds of event', () => {
    const layout = journalFolder();
    writeEvents(layout, endedProcess(1), [task('a', 1000)]);
    compactJournal(layout);
    const path = join(layout.journal, 'checkpoint.json');
    writeFileSync(path, JSON.stringify({ version: 1, kinds: ['commit'], covers: [], torn: [], ledger: {} }));
    expect(readJournal(layout).ledger.agents.get(glm)?.task).toBe('a');
    writeFileSync(path, '{"version":1,');
    expect(readJournal(layout).ledger.agents.get(glm)?.task).toBe('a');
  });
});

describe('a process that cannot write its events', () => {
  it('says what that means, and is no bug', () => {
    const layout = journalFolder();
    writeFileSync(join(layout.root, 'file'), '');
    expect(() => openJournal({ ...layout, journal: join(layout.root, 'file') }).append({ kind: 'unready', agent: glm })).toThrow(expect.objectContaining({ code: 'journal-write', kind: 'refused' }));
  });
});
