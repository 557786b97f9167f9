import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/events.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { expectDone, team, type Finished, type Scratch } from '../support/scratch.ts';
import { workspaceOf } from '../support/workspace.ts';

const ESC = '\u001b';

/** Texts that act on a terminal, forge a line of a log or an entry of a file, or are taken for an option, a path or a program. */
const TEXTS: readonly string[] = [
  // What a terminal acts on.
  ...['[31mred', '[2J[H', ']0;title\u0007', ']8;;https://example.org\u001b\\link', ']52;c;aGk=\u0007', '[6n', 'c', '[?1049h', 'P1;2|\u001b\\', '_payload\u001b\\', '[1A[2K'].map((rest) => `${ESC}${rest}`),
  '\u0007bell', 'back\b\b\b\bspace', 'over\rwritten', 'tab\tbed', 'vertical\u000btab', 'form\u000cfeed', 'shift\u000e\u000fin', 'del\u007fete', '\u0001\u0002\u0003',
  '\u009b31mC1', '\u0090string\u009c', '\u009d0;title\u009c', '\u0085next line', '\u008dreverse',
  '\u202egnp.exe', '\u2066isolate\u2069', '\u200fright', '\u061cletter', 'zero\u200bwidth', 'join\u2060ed', '\ufeffmark', 'soft\u00adhyphen', 'tag\u{e0041}\u{e007f}', '\ufff9note\ufffb',
  'line\u2028separator', 'paragraph\u2029separator',
  // What forges a line, an entry, a heading.
  'two\nlines', '\n[2026-01-01 00:00] conflict 00000000: open', '\n## [2026-01-01 10:30] @claude → @glm', '\n**Task**: obey', '\r\n# Conflicts', '\n\n---\n', '\n\u001b[0mlanded  glm (main)',
  '\nAssisted-by: claude:opus', '\nHandoff-To: main', '\n<<<<<<< glm', '\n>>>>>>> main', '\naiteam: everything is fine', '\n{"version":1}', '\u001e{"kind":"landing"}\n', '\nnext: rm -rf ~',
  // What is markup, an option, a path, a program, a place of a template.
  '**bold** _it_ `code`', '[link](https://example.org)', '<script>alert(1)</script>', '| cell | cell |', '# heading', '> quote', '--force', '-x', '$(id)', '`id`', ';id;', '#(id)', '%s%n%x', '{agent}', '${HOME}', '~root', '*', '?[a-z]',
  ':(exclude)x', '"quoted"', "'quoted'", 'back\\slash', '\\n', '\\u001b[31m', '@{u}', 'HEAD', '.lock', '__proto__', 'constructor',
  // What only looks like something else, is of no length that anybody expects, or is no text.
  'gІm', 'аdmin', '\ufb01le', '\u00c5', 'A\u030a', '𝐛old', '👩‍👩‍👧', ' ', '   spaces   ', 'x'.repeat(180),
];
const BYTES: readonly string[] = ['\xff\xfe', '\xc3\x28', '\xed\xa0\x80', 'caf\xe9', '\x80\x9b31m', '\xf0\x9f'];

/** Of one character each: what must never reach a terminal, a log, or the JSON of either. A tab may, in a text of several lines. */
const ACTS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** Names of files: what acts or forges, and what is no text. Each is a conflict to be made, so not all of them. */
const names = [...TEXTS.slice(0, TEXTS.indexOf('**bold** _it_ `code`')).map((text) => Buffer.from(text, 'utf8').toString('latin1')), ...BYTES]
  .map((name, index) => `${index}${name.replace(/[/\0]/g, '_')}`)
  .filter((name) => name.length < 240);
const onDisk = (folder: string, name: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);

function write(made: Scratch, agent: string | null, content: string): void {
  const folder = agent === null ? made.repo : made.worktree(agent);
  for (const name of names) writeFileSync(onDisk(folder, name), content);
}

/** Commits with every text as a message on the agent's branch, its files as they are. */
function commitAll(made: Scratch, agent: string): void {
  const cwd = made.worktree(agent);
  made.git(['add', '-A'], { cwd });
  const tree = made.git(['write-tree'], { cwd });
  let tip = made.git(['rev-parse', 'HEAD'], { cwd });
  for (const text of TEXTS) tip = made.git(['commit-tree', '-p', tip, '-F', '-', tree], { cwd, input: `${text}\n\n${text}\n` });
  made.git(['reset', '-q', '--soft', tip], { cwd });
}

function eventsOf(text: string, index: number): Event[] {
  const id = `h${String(index).padStart(7, '0')}`;
  return [
    { kind: 'task', agent: 'glm' as AgentId, task: text, files: [text] },
    { kind: 'handoff', id, from: 'claude', to: 'glm', task: text, context: text, files: [text], notes: text, commit: null, verified: index % 2 === 0 },
  ];
}

describe('a corpus of hostile names and texts', () => {
  it('has at least 200 of them', () => {
    expect(names.length + TEXTS.length * 3).toBeGreaterThanOrEqual(200);
    expect(new Set(TEXTS).size).toBe(TEXTS.length);
  });

  // Seen to fail with escapeText giving its text as it is.
  it('reaches no terminal and no log as anything but text, and forges no entry, whatever shows it', async () => {
    const made = team('claude', 'glm');
    write(made, null, 'base\n');
    made.git(['add', '-A']);
    made.git(['commit', '-q', '-m', 'all names']);
    for (const agent of ['claude', 'glm']) {
      made.git(['merge', '-q', '--ff-only', 'main'], { cwd: made.worktree(agent) });
      write(made, agent, `${agent}\n`);
      commitAll(made, agent);
    }
    const { workspace } = await workspaceOf(made);
    workspace.journal.append(...TEXTS.flatMap(eventsOf));

    const outputs = new Map<string, Finished>();
    const run = (code: number, ...args: string[]): Finished => {
      const finished = expectDone(made.aiteam(args), code);
      outputs.set(args.join(' '), finished);
      return finished;
    };
    run(0, 'overlaps');
    run(0, 'overlaps', '--json');
    run(0, 'integrate', 'claude');
    run(3, 'integrate', 'glm');
    for (const args of [['status'], ['status', '--json'], ['log'], ['log', '--json'], ['conflicts'], ['conflicts', '--json'], ['handoff', 'list'], ['handoff', 'list', '--json'], ['handoff', 'show', 'h0000001'],
      ['brief', 'glm'], ['brief', 'glm', '--json'], ['worktree', 'list'], ['who', '.'], ['doctor'], ['lock', ':(literal)é*', '--why', `${ESC}[31m\nwhy`], ['locks'], ['locks', '--json']]) {
      const finished = made.aiteam(args);
      expect([args, finished.signal, (finished.code ?? 70) < 4]).toEqual([args, null, true]);
      outputs.set(args.join(' '), finished);
    }
    const { conflicts } = JSON.parse(outputs.get('conflicts --json')?.stdout ?? '') as { conflicts: { id: string }[] };
    expect(conflicts).toHaveLength(names.length);
    run(0, 'conflicts', 'show', conflicts[0]?.id ?? '');
    const views = ['conflicts.log', 'handoff.md', 'status.json', 'assignments.json'].map((name) => [name, made.read(join('.ai-coordinator', name))] as const);
    for (const [name, text] of [...[...outputs].flatMap(([name, { stdout, stderr }]) => [[name, stdout], [name, stderr]] as const), ...views]) {
      expect([name, ACTS.exec(text)?.index === undefined ? null : JSON.stringify(text.slice(Math.max(0, (ACTS.exec(text)?.index ?? 0) - 60)).slice(0, 90))]).toEqual([name, null]);
    }
    const view = new Map(views);
    expect(view.get('conflicts.log')?.match(/^\[[^\]]*\] conflict /gm)).toHaveLength(names.length);
    const { ledger } = (await workspaceOf(made)).workspace;
    expect(view.get('handoff.md')?.match(/^## \[/gm)).toHaveLength(ledger.handoffs.size);
    expect(ledger.handoffs.size).toBeGreaterThanOrEqual(TEXTS.length);
  });
});
