import * as fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { processAsOwner, thisProcess, type Owner } from '../../src/state/owner.ts';
import { drawTicket, isInside, readQueue, type Place } from '../../src/state/tickets.ts';

function newQueue(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiteam-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'queue');
}

const draw = (folder: string, places = 1): Place => drawTicket(folder, { command: 'test', agent: 'glm', folder: '/somewhere', repository: 'repo', places });
const turn = (place: Place): Promise<void> => place.turn(() => undefined);

/** A process that has ended: its number was given out by this very system. */
function deadProcess(): Owner {
  const { pid } = spawnSync('true');
  return { ...thisProcess('test'), pid: pid ?? 0, started: '1' };
}

/** A ticket as somebody else left it. */
function leave(folder: string, ticket: string, owner: Partial<Owner>, more: { inside?: boolean; runs?: Owner } = {}): void {
  writeFileSync(join(folder, `ticket.${ticket}`), JSON.stringify({ ...thisProcess('test'), agent: null, folder: '/', repository: null, places: 1, ...owner }));
  if (more.inside === true) writeFileSync(join(folder, `in.${ticket}`), String(Date.now()));
  if (more.runs !== undefined) writeFileSync(join(folder, `runs.${ticket}`), JSON.stringify(more.runs));
}

describe('a queue of tickets', () => {
  // Seen to throw, and so to leave the command that had started.
  it('goes on with what runs where that cannot be written down', async () => {
    const folder = newQueue();
    const place = draw(folder);
    await turn(place);
    rmSync(folder, { recursive: true });
    expect(() => place.runs(process.pid)).not.toThrow();
    place.leave();
  });

  it('serves in the order of drawing, never more than there are places, and leaves nothing', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), async (places, picks) => {
      const folder = newQueue();
      const drawn = picks.map(() => draw(folder, places));
      const inside: number[] = [];
      const served: number[] = [];
      const turns = drawn.map((place, index) => turn(place).then(() => { inside.push(index); served.push(index); return null; }));
      for (const pick of picks) {
        const ready = Math.min(places, drawn.length - (served.length - inside.length));
        await vi.waitFor(() => expect(inside.length).toBe(ready), { interval: 1 });
        drawn[inside.splice(pick % inside.length, 1)[0] ?? 0]?.leave();
      }
      await Promise.all(turns);
      expect(served.toSorted((a, b) => a - b)).toEqual(picks.map((_, index) => index));
      expect(served).toEqual(served.toSorted((a, b) => Math.floor(a / places) - Math.floor(b / places)));
      expect(existsSync(folder)).toBe(false);
    }), { numRuns: 20 });
  });

  it('one that gives up while it waits holds up nobody', async () => {
    const folder = newQueue();
    const [first, second, third] = [draw(folder), draw(folder), draw(folder)];
    await turn(first);
    const waits = turn(second);
    expect(readQueue(folder).map(({ inSince }) => inSince !== null)).toEqual([true, false, false]);
    second.leave();
    await waits;
    first.leave();
    await turn(third);
    expect(isInside(folder, third.ticket)).toBe(true);
    expect(isInside(folder, second.ticket)).toBe(false);
  });

  it('tells whom it waits for', async () => {
    const folder = newQueue();
    const [first, second, third] = [draw(folder), draw(folder), draw(folder)];
    await turn(first);
    const onWait = vi.fn();
    const waits = third.turn(onWait);
    await vi.waitFor(() => expect(onWait).toHaveBeenCalledWith({ before: 1, inside: [expect.objectContaining({ ticket: first.ticket, agent: 'glm' })] }));
    second.leave();
    await vi.waitFor(() => expect(onWait).toHaveBeenCalledWith({ before: 0, inside: [expect.objectContaining({ ticket: first.ticket })] }));
    first.leave();
    await waits;
  });

  // Each seen to wait for ever: all but the last with no owner ever judged dead, the last without looking at its age.
  it.each<[string, (folder: string) => void]>([
    ['a holder that was killed', (folder) => leave(folder, '000000000001.x', deadProcess(), { inside: true })],
    ['a holder that was killed, and so was what it ran', (folder) => leave(folder, '000000000001.x', deadProcess(), { inside: true, runs: deadProcess() })],
    ['one that was killed while it waited', (folder) => leave(folder, '000000000001.x', deadProcess())],
    ['an owner of an earlier boot', (folder) => leave(folder, '000000000001.x', { boot: 'an earlier one' }, { inside: true })],
    ['a number given out again', (folder) => leave(folder, '000000000001.x', { started: '1' }, { inside: true })],
    ['one that was killed while it drew its ticket', (folder) => writeFileSync(join(folder, 'choosing.x'), JSON.stringify(deadProcess()))],
    ['a file that a full disk left empty', (folder) => {
      writeFileSync(join(folder, 'choosing.x'), '');
      utimesSync(join(folder, 'choosing.x'), 1, 1);
    }],
  ])('%s is in nobody\'s way', async (_what, left) => {
    const folder = newQueue();
    const keeper = draw(folder);
    left(folder);
    const mine = draw(folder);
    keeper.leave();
    await turn(mine);
    expect(readQueue(folder).map(({ ticket }) => ticket)).toEqual([mine.ticket]);
    mine.leave();
    expect(existsSync(folder)).toBe(false);
  });

  it.each<[string, (folder: string) => void]>([
    ['what a killed holder started and still runs', (folder) => leave(folder, '000000000001.x', deadProcess(), { inside: true, runs: processAsOwner(process.pid, 'test') })],
    ['a holder on another host', (folder) => leave(folder, '000000000001.x', { ...deadProcess(), host: 'elsewhere' }, { inside: true })],
    ['a holder in another container', (folder) => leave(folder, '000000000001.x', { ...deadProcess(), namespace: 'pid:[1]' }, { inside: true })],
  ])('%s keeps its place', async (_what, left) => {
    const folder = newQueue();
    const keeper = draw(folder);
    left(folder);
    keeper.leave();
    const mine = draw(folder);
    const onWait = vi.fn();
    const waits = mine.turn(onWait);
    await vi.waitFor(() => expect(onWait).toHaveBeenCalled());
    expect(readQueue(folder).map(({ ticket }) => ticket)).toEqual(['000000000001.x', mine.ticket]);
    rmSync(join(folder, 'ticket.000000000001.x'));
    await waits;
    expect(readdirSync(folder)).toContain(`in.${mine.ticket}`);
  });

  // Seen to be both in where nobody was waited for who was still drawing.
  it('one that is still drawing its ticket is waited for: it may come first', async () => {
    const folder = newQueue();
    const mine = draw(folder);
    writeFileSync(join(folder, 'choosing.x'), JSON.stringify(thisProcess('test')));
    const onWait = vi.fn();
    const waits = mine.turn(onWait);
    leave(folder, '000000000001.-', {}, { inside: true });
    rmSync(join(folder, 'choosing.x'));
    await vi.waitFor(() => expect(onWait).toHaveBeenCalled());
    expect(isInside(folder, mine.ticket)).toBe(false);
    rmSync(join(folder, 'ticket.000000000001.-'));
    await waits;
  });

  it('a ticket that somebody removed is not waited for in vain', async () => {
    const folder = newQueue();
    const [first, second] = [draw(folder), draw(folder)];
    await turn(first);
    const waits = turn(second);
    rmSync(join(folder, `ticket.${second.ticket}`));
    await expect(waits).rejects.toMatchObject({ code: 'ticket-lost' });
  });
});
