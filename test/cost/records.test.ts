import { appendFileSync, chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readUsage, type Records } from '../../src/state/usage/read.ts';
import { claudeLine, sessionMeta, tokenCount, turnContext, writeRollout, writeTranscript } from '../support/client-records.ts';

const [OURS, OTHER] = ['/srv/re.po', '/srv/re-po'];
const OPUS = 'claude-opus-4-5';

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiteam-cost-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const read = (folder: string, kept: string | null = null): Records => readUsage([{ HOME: folder }], [OURS], (cwd) => cwd === OURS || cwd.startsWith(`${OURS}/`), kept);
/** What `work` gives to somebody whom the modes of files bind: they do not bind root. */
function unprivileged<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.('nobody');
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

const inAndOut = ({ usages }: Records): (readonly [number, number, number])[] => usages.map(({ input, cacheRead, output }) => [input, cacheRead, output] as const);

describe('transcripts of Claude Code', () => {
  it('an answer counts once, whole, however often it is written: while it streams, in a side chain, in a session that goes on', () => {
    const folder = home();
    const answer = { id: 'msg_1', at: '2026-01-01T10:00:00Z', model: OPUS, input: 10, cacheRead: 100, cacheWrite: 20, cacheWriteLong: 30 };
    writeTranscript(folder, OURS, 'one', [
      '{"type":"user","cwd":"/srv/re.po","message":{"content":"count \\"usage\\""}}',
      claudeLine(OURS, { ...answer, output: 1 }), claudeLine(OURS, { ...answer, output: 1 }), claudeLine(OURS, { ...answer, output: 500 }),
      claudeLine(OURS, { ...answer, output: 500 }, 'req_of_a_side_chain'),
    ]);
    writeTranscript(folder, OURS, 'two', [claudeLine(OURS, { ...answer, output: 500 }), claudeLine(OURS, { ...answer, id: 'msg_2', at: '2026-01-01T11:00:00Z', output: 7 })]);
    expect(read(folder).usages).toEqual([
      { id: 'msg_1', at: Date.parse('2026-01-01T10:00:00Z'), model: OPUS, cwd: OURS, input: 10, output: 500, cacheRead: 100, cacheWrite: 20, cacheWriteLong: 30 },
      expect.objectContaining({ id: 'msg_2', output: 7 }),
    ]);
  });

  it('those of sub-agents and of folders below count, those of a folder with the same name for the client do not', () => {
    const folder = home();
    const answer = (id: string) => ({ id, at: '2026-01-01T10:00:00Z', model: OPUS, output: 1 });
    writeTranscript(folder, OURS, 'one/subagents/agent-1', [claudeLine(OURS, answer('a'))]);
    writeTranscript(folder, `${OURS}/src`, 'two', [claudeLine(`${OURS}/src`, answer('b'))]);
    writeTranscript(folder, OTHER, 'three', [claudeLine(OTHER, answer('c'))]);
    writeTranscript(folder, OURS, 'four', [claudeLine(OURS, { ...answer('d'), model: '<synthetic>' })]);
    expect(read(folder).usages.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('what cannot be read is counted, but not a line that is still being written', () => {
    const folder = home();
    const line = claudeLine(OURS, { id: 'a', at: '2026-01-01T10:00:00Z', model: OPUS, output: 1 });
    const path = writeTranscript(folder, OURS, 'one', [line.slice(0, 40), '\u0000\u0000', line.slice(0, -2), '', `${line}\r`, '{"usage":}', 'null']);
    appendFileSync(path, line.slice(0, 30));
    expect(read(folder)).toMatchObject({ files: 1, malformed: 5, unreadable: [], usages: [{ id: 'a' }] });
    writeTranscript(folder, OURS, 'two', ['{{{{']);
    expect(read(folder)).toMatchObject({ malformed: 6 });
    // A last line without a line break counts where it is whole.
    appendFileSync(writeTranscript(folder, OURS, 'three', []), line.replace('"id":"a"', '"id":"b"'));
    expect(read(folder).usages).toHaveLength(2);
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    expect(unprivileged(() => read(folder)).unreadable).toEqual([path]);
    // A link that leads to itself was seen to end the command as a fault of ours.
    symlinkSync('.codex', join(folder, '.codex'));
    expect(() => read(folder)).not.toThrow();
  });

  // Seen to fail where both are passed over: what nobody can put a price or a day to is not nothing.
  it('an answer of no model is one of an unknown model, and one of no time a line that cannot be read', () => {
    const folder = home();
    const whole = claudeLine(OURS, { id: 'a', at: '2026-01-01T10:00:00Z', model: 'm', input: 3 });
    writeTranscript(folder, OURS, 'one', [whole.replace('"model":"m"', '"model":null'), whole.replace('2026-01-01T10:00:00Z', 'yesterday').replace('"id":"a"', '"id":"b"'), whole.replace('"model":"m"', '"model":null').replace('"input_tokens":3', '"input_tokens":0')]);
    expect(read(folder)).toMatchObject({ malformed: 1, usages: [{ id: 'a', model: 'unknown', input: 3 }] });
    expect(read(folder).usages).toHaveLength(1);
  });

  it('lines longer than a piece are read, and one that would fill the memory is passed over', () => {
    const folder = home();
    const lineOf = (id: string, length: number) => claudeLine(OURS, { id, at: '2026-01-01T10:00:00Z', model: OPUS, output: 3 }).replace('"done"', `"${'x'.repeat(length)}"`);
    // Seen to fail without the limit: the line is read then, and its answer counts.
    writeTranscript(folder, OURS, 'one', [lineOf('long', 3_000_000), lineOf('too-long', 35_000_000)]);
    writeTranscript(folder, OURS, 'one', [claudeLine(OURS, { id: 'after', at: '2026-01-01T11:00:00Z', model: OPUS, output: 4 })]);
    expect(read(folder)).toMatchObject({ malformed: 1, usages: [{ id: 'long', output: 3 }, { id: 'after', output: 4 }] });
  });
});

describe('rollouts of Codex', () => {
  const start = (id: string, forkedFrom: string | null = null): string[] => [sessionMeta(id, OURS, forkedFrom), turnContext(OURS, 'gpt-5')];

  it('totals count by what came to them, and a total that is repeated not at all', () => {
    const folder = home();
    writeRollout(folder, 'one', [
      ...start('one'), tokenCount('2026-01-01T10:00:00Z', [100, 40, 10], [100, 40, 10]), tokenCount('2026-01-01T10:01:00Z', [100, 40, 10], [100, 40, 10]),
      turnContext(OURS, 'gpt-5.2'), tokenCount('2026-01-01T10:02:00Z', [350, 240, 15], [250, 200, 5]), '{"type":"event_msg","payload":{"type":"token_count","info":null}}',
      // The counts began anew.
      tokenCount('2026-01-01T10:03:00Z', [30, 0, 3], [30, 0, 3]),
    ]);
    writeRollout(folder, 'other', [sessionMeta('other', OTHER), tokenCount('2026-01-01T10:00:00Z', [1, 0, 1], [1, 0, 1])]);
    const records = read(folder);
    expect(inAndOut(records)).toEqual([[60, 40, 10], [50, 200, 5], [30, 0, 3]]);
    expect(records.usages.map(({ model }) => model)).toEqual(['gpt-5', 'gpt-5.2', 'gpt-5.2']);
    expect(records.files).toBe(1);
  });

  it('a fork counts without the history that it repeats, whatever its times, and so does a fork of a fork', () => {
    const folder = home();
    const first = (minute: string) => tokenCount(`2026-01-01T${minute}:00Z`, [100, 0, 10], [100, 0, 10]);
    const second = (minute: string) => tokenCount(`2026-01-01T${minute}:00Z`, [300, 0, 30], [200, 0, 20]);
    const third = (minute: string) => tokenCount(`2026-01-01T${minute}:00Z`, [600, 0, 60], [300, 0, 30]);
    writeRollout(folder, 'parent', [...start('parent'), first('10:00'), second('10:01'), tokenCount('2026-01-01T10:02:00Z', [305, 0, 31], [5, 0, 1])]);
    writeRollout(folder, 'child', [...start('child', 'parent'), sessionMeta('parent', OURS), first('11:00'), second('11:00'), third('11:01')]);
    writeRollout(folder, 'a-grandchild', [...start('a-grandchild', 'child'), first('12:00'), second('12:00'), third('12:00'), tokenCount('2026-01-01T12:01:00Z', [607, 0, 67], [7, 0, 7])]);
    expect(inAndOut(read(folder))).toEqual([[100, 0, 10], [200, 0, 20], [5, 0, 1], [300, 0, 30], [7, 0, 7]]);
  });

  it('of two forks of a session that is gone the history counts once', () => {
    const folder = home();
    const history = tokenCount('2026-01-01T10:00:00Z', [100, 0, 10], [100, 0, 10]);
    writeRollout(folder, 'a', [...start('a', 'gone'), history, tokenCount('2026-01-01T10:01:00Z', [101, 0, 10], [1, 0, 0])]);
    writeRollout(folder, 'b', [...start('b', 'gone'), history, tokenCount('2026-01-01T10:02:00Z', [102, 0, 10], [2, 0, 0])]);
    expect(inAndOut(read(folder))).toEqual([[100, 0, 10], [1, 0, 0], [2, 0, 0]]);
  });
});

describe('what is kept of records that took long to read', () => {
  const long = { id: 'x'.repeat(80), at: '2026-01-01T10:00:00Z', model: OPUS };
  const filler = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => claudeLine(OURS, { ...long, id: `${long.id}${(from + index) % 700}`, output: from + index }));
  const start = (id: string): string[] => [sessionMeta(id, OURS), turnContext(OURS, 'gpt-5')];
  const totals = (count: number, from: number): string[] => Array.from({ length: count }, (_, index) => tokenCount('2026-01-01T10:00:00Z', [(from + index + 1) * 10, from + index, from + index], [10, 1, 1]));

  // Seen to fail where the file is read from its beginning all the same: lines count twice.
  it('gives the same as reading all of it, whatever is appended, a line that is cut short included', () => {
    const folder = home();
    const kept = join(folder, 'kept');
    const path = writeTranscript(folder, OURS, 'one', [...filler(900), '{{{']);
    const rollout = writeRollout(folder, 'two', [...start('two'), ...totals(1200, 0)]);
    const both = (): Records => {
      const found = read(folder, kept);
      expect(found).toEqual(read(folder));
      return found;
    };
    expect(both()).toMatchObject({ files: 2, malformed: 1 });
    expect(readdirSync(kept)).toHaveLength(2);
    const [line = '', later = ''] = filler(2, 5000);
    appendFileSync(path, line.slice(0, 50));
    both();
    appendFileSync(path, line.slice(50));
    both();
    appendFileSync(path, `\n{{{\n${later}\n${filler(900, 6000).join('\n')}`);
    appendFileSync(rollout, `${turnContext(OURS, 'gpt-5.2')}\n${totals(2, 1200).join('\n')}\n`);
    expect(both()).toMatchObject({ malformed: 2 });
    expect(both().usages.filter(({ model }) => model === 'gpt-5.2')).toHaveLength(2);
    // Nobody asks for what is kept of sessions in other folders.
    writeTranscript(folder, OTHER, 'one', filler(900).map((text) => text.replaceAll(OURS, OTHER)));
    expect(both().files).toBe(2);
    expect(readdirSync(kept)).toHaveLength(2);
  });

  // Seen to fail where every rollout is read: the changed one counts.
  it('knows which rollouts are of sessions elsewhere, until those are ours', () => {
    const folder = home();
    const kept = join(folder, 'kept');
    const lines = (cwd: string): string[] => [sessionMeta('s', cwd), turnContext(cwd, 'gpt-5'), tokenCount('2026-01-01T10:00:00Z', [1, 0, 1], [1, 0, 1])];
    const paths = Array.from({ length: 60 }, (_, index) => writeRollout(folder, `s${index}`, lines(OTHER)));
    writeRollout(folder, 'ours', lines(OURS));
    expect(read(folder, kept).files).toBe(1);
    writeFileSync(paths[0] ?? '', `${lines(OURS).join('\n')}\n`);
    expect(read(folder, kept).files).toBe(1);
    expect(read(folder).files).toBe(2);
    expect(readUsage([{ HOME: folder }], [OTHER], (cwd) => cwd === OTHER, kept).files).toBe(59);
    writeFileSync(join(kept, 'elsewhere.json'), '{');
    expect(read(folder, kept).files).toBe(2);
  });

  // Seen to fail without the check of the bytes before the offset.
  it('is read on from, and not where the file is another one, or what is kept is damaged', () => {
    const folder = home();
    const kept = join(folder, 'kept');
    const path = writeTranscript(folder, OURS, 'one', filler(900));
    const before = read(folder, kept);
    const text = readFileSync(path, 'latin1');
    writeFileSync(path, text.slice(0, -1000).replaceAll('"output_tokens":', '"output_tokenz":') + text.slice(-1000), 'latin1');
    expect(read(folder, kept)).toEqual(before);
    expect(read(folder)).not.toEqual(before);
    const damage = (content: string): void => { for (const name of readdirSync(kept)) writeFileSync(join(kept, name), content); };
    for (const content of ['', '{', '{}', 'null', JSON.stringify({ version: 1, path, rows: 5 })]) {
      damage(content);
      expect(read(folder, kept)).toEqual(read(folder));
    }
    // Seen to fail without the look at each value: a sum that is no number is never too much, and a folder that is none ends the command.
    const poisoned = (change: (kept: Record<string, unknown>) => void): void => {
      damage('');
      read(folder, kept);
      const [name = ''] = readdirSync(kept);
      const packed = JSON.parse(readFileSync(join(kept, name), 'utf8')) as Record<string, unknown>;
      change(packed);
      damage(JSON.stringify(packed));
    };
    for (const value of [null, '5', -5, {}]) {
      poisoned(({ rows }) => { ((rows as unknown[][])[0] ?? [])[3] = value; });
      expect(read(folder, kept)).toEqual(read(folder));
    }
    for (const [name, value] of [['cwd', 5], ['malformed', null], ['totals', 'x'], ['models', []], ['rows', [[null, 1]]]] as const) {
      poisoned((packed) => { packed[name] = value; });
      expect(read(folder, kept)).toEqual(read(folder));
    }
    // Cut short, and written anew.
    writeFileSync(path, `${filler(3).join('\n')}\n`);
    expect(read(folder, kept).usages).toHaveLength(3);
    rmSync(path);
    writeTranscript(folder, OURS, 'one', filler(1500, 100));
    expect(read(folder, kept)).toEqual(read(folder));
    // A folder that takes nothing costs only time.
    writeFileSync(join(folder, 'file'), '');
    expect(read(folder, join(folder, 'file'))).toEqual(read(folder));
    expect(existsSync(join(folder, 'file', 'x'))).toBe(false);
  });
});
