import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/schema.ts';
import { DEFAULT_CONFIG } from '../../src/core/config.ts';
import { AiteamError } from '../../src/core/errors.ts';

const parse = (yaml: string) => parseConfig(Buffer.from(yaml), '.aiteam.yaml');

/** The message of the refusal, or a failure where the text is accepted. */
function mistakesIn(yaml: string | Uint8Array): string {
  try {
    parseConfig(typeof yaml === 'string' ? Buffer.from(yaml) : yaml, '.aiteam.yaml');
  } catch (error) {
    if (!(error instanceof AiteamError)) throw error;
    expect(error.code).toBe('config-invalid');
    expect(error.kind).toBe('usage');
    return error.message;
  }
  throw new Error('the configuration was accepted');
}

describe('what a configuration means', () => {
  it('is the defaults where only the version is given', () => {
    expect(parse('version: 1\n')).toEqual(DEFAULT_CONFIG);
  });

  it('treats a key without a value as left out', () => {
    expect(parse('version: 1\ngates:\n  # - name: test\ncopy: ~\nworktrees:\n')).toEqual(DEFAULT_CONFIG);
  });

  it('reads every key', () => {
    const config = parse(`version: 1
target: develop
worktrees: { branch: "work/{agent}", path: "../{agent}" }
copy: [.env, "config/*.local"]
link: [node_modules]
setup:
  - npm ci
  - { name: seed, run: "./seed\\n./more" }
gates:
  - { name: test, run: npm test, timeout: 90s, clean: true, cache: false, slot: gpu, keys: [OPENAI_API_KEY] }
  - { name: lint, run: npm run lint, timeout: 45 }
  - { name: slow, run: make slow }
slots: { gpu: 2 }
cache: { size: 2GB }
merge_drivers: { keep-ours: "true" }
agents:
  glm: { provider: zai, model: glm-4.7, role: developer, command: claude, args: [-p, -p], env: { A: b }, idle: 90 }
  claude:
providers:
  acme: { kind: openai, address: "https://acme.example/v1", token: ACME_KEY, models: { opus: big } }
  zai:
identity: { name: "{agent} ({model})", email: "{agent}@example.org", author: agent }
prices:
  big: { input: 0.5, output: 2, cache_write: 1.25 }
  vendor/free@1: { input: 0, output: 0, cache_read: 0.01, cache_write: 3, cache_write_1h: 4 }
budgets: { team: { amount: 20 }, agents: { glm: { amount: 0.5, per: week, when_spent: stop } } }
idle: 30m
trash: { skip: [out] }
agents_may: [integrate, undo]
overlaps: { '*': block, src/**: warn, '*.md': off }
mechanical: ["*.gen"]
trailer: "Co-authored-by: {agent} <{agent}@example.org>"
`);
    expect(config).toEqual({
      target: 'develop',
      worktrees: { branch: 'work/{agent}', path: '../{agent}' },
      copy: ['.env', 'config/*.local'],
      link: ['node_modules'],
      setup: [{ name: 'npm ci', run: 'npm ci' }, { name: 'seed', run: './seed\n./more' }],
      gates: [
        { name: 'test', run: 'npm test', timeoutMs: 90_000, clean: true, cache: false, slot: 'gpu', keys: ['OPENAI_API_KEY'] },
        { name: 'lint', run: 'npm run lint', timeoutMs: 45_000, clean: false, cache: true, slot: null, keys: [] },
        { name: 'slow', run: 'make slow', timeoutMs: 30 * 60_000, clean: false, cache: true, slot: null, keys: [] },
      ],
      slots: new Map([['gpu', 2]]),
      cache: { size: 2e9, largest: 10e6 },
      mergeDrivers: new Map([['keep-ours', 'true']]),
      agents: new Map([
        ['glm', { provider: 'zai', model: 'glm-4.7', role: 'developer', command: 'claude', args: ['-p', '-p'], env: new Map([['A', 'b']]), idle: 90_000 }],
        ['claude', { provider: null, model: null, role: null, command: null, args: null, env: new Map(), idle: null }],
      ]),
      providers: new Map([
        ['acme', { kind: 'openai', address: 'https://acme.example/v1', token: 'ACME_KEY', models: { opus: 'big', sonnet: null, haiku: null } }],
        ['zai', { kind: null, address: null, token: null, models: { opus: null, sonnet: null, haiku: null } }],
      ]),
      identity: { name: '{agent} ({model})', email: '{agent}@example.org', author: 'agent' },
      prices: new Map([
        ['big', { input: 0.5, output: 2, cacheRead: 0.5, cacheWrite: 1.25, cacheWriteLong: 1.25 }],
        ['vendor/free@1', { input: 0, output: 0, cacheRead: 0.01, cacheWrite: 3, cacheWriteLong: 4 }],
      ]),
      budgets: { team: { amount: 20, per: null, action: 'warn' }, agents: new Map([['glm', { amount: 0.5, per: 'week', action: 'stop' }]]) },
      idle: 1_800_000,
      trash: { skip: ['out'] },
      agentsMay: ['integrate', 'undo'],
      overlaps: new Map([['*', 'block'], ['src/**', 'warn'], ['*.md', 'off']]),
      mechanical: ['*.gen'],
      trailer: 'Co-authored-by: {agent} <{agent}@example.org>',
    });
  });

  it('has an agent called constructor, which is a lawful name', () => {
    const { agents } = parse('version: 1\nagents: { constructor: { role: developer }, valueof: {} }\n');
    expect([...agents.keys()]).toEqual(['constructor', 'valueof']);
    expect([...agents.values()].map(({ role }) => role)).toEqual(['developer', null]);
  });
});

describe('mistakes', () => {
  it('are listed together, each with its place, in the order of the file', () => {
    expect(mistakesIn(`version: 1
worktree:
  branch: x
gates:
  - name: test
    rum: npm test
    timeout: 10 minutes
overlaps: wran
agents:
  GLM: {}
`).split('\n')).toEqual([
      '.aiteam.yaml:2:1: unknown key "worktree"; did you mean "worktrees"?',
      '.aiteam.yaml:5:5: "run" is missing: expected a command',
      '.aiteam.yaml:6:5: unknown key "rum"; did you mean "run"?',
      '.aiteam.yaml:7:14: expected a time such as 90s, 10m or 1h, at most 24h, found "10 minutes"',
      '.aiteam.yaml:8:11: expected one of warn, block, off, found "wran"; did you mean "warn"?',
      expect.stringMatching(/^\.aiteam\.yaml:10:3: "GLM" will not do: it must be a lower-case letter/),
    ]);
  });

  it('are cut where there are very many', () => {
    const lines = mistakesIn(`version: 1\n${Array.from({ length: 40 }, (_, index) => `strange${index}: 1\n`).join('')}`).split('\n');
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('and 28 more mistakes');
  });

  it.each([
    ['no version', 'target: main\n', '1:1: "version" is missing: expected version 1'],
    ['a version of the future', 'version: 2\n', '1:10: expected version 1, the only one that this aiteam reads, found 2'],
    ['an empty file', '', '1:1: expected the keys of a configuration, "version: 1" first, found an empty file'],
    ['a list at the top', '- version\n', '1:1: expected the keys of a configuration, "version: 1" first, found a list'],
    ['a key that resembles nothing', 'version: 1\nzzzzzzzzzz: 1\n', '2:1: unknown key "zzzzzzzzzz"; expected one of version, target,'],
    ['a number for text', 'version: 1\nagents: { glm: { model: 4.70 } }\n', '2:25: expected the name of a model, found 4.70; put it in quotes'],
    ['text for a list', 'version: 1\ncopy: .env\n', '2:7: expected a list of path patterns, found ".env"'],
    ['text for a flag', 'version: 1\ngates: [{ name: a, run: b, clean: yes }]\n', '2:35: expected true or false, found "yes"'],
    ['a map for a command', 'version: 1\nsetup: [[a]]\n', '2:9: expected a command or a map with name and run, found a list'],
    ['a key that stands twice', 'version: 1\ntarget: a\ntarget: b\n', '3:1: "target" stands there twice'],
    ['an agent that stands twice', 'version: 1\nagents: { glm: {}, glm: {} }\n', '2:20: "glm" stands there twice'],
    ['two gates of one name', 'version: 1\ngates:\n  - { name: a, run: x }\n  - { name: a, run: y }\n', '4:5: "a" stands in this list twice'],
    ['a gate that would run forever', 'version: 1\ngates: [{ name: a, run: x, timeout: 2d }]\n', '2:37: expected a time'],
    ['a slot without places', 'version: 1\nslots: { heavy: 0 }\n', '2:17: expected how many may be in it at once, 1 to 1000, found 0'],
    ['a slot that is no folder', 'version: 1\nslots: { ../x: 1 }\n', '2:10: "../x" will not do: expected a name of lower-case letters'],
    ['a gate without time', 'version: 1\ngates: [{ name: a, run: x, timeout: 0 }]\n', '2:37: expected a time'],
    ['an empty command', 'version: 1\nsetup: ["  "]\n', '2:9: expected a command, found empty text'],
    ['an agent name of git', 'version: 1\nagents: { head: {} }\n', '2:11: "head" will not do: the name is reserved'],
    ['a branch template without a place', 'version: 1\nworktrees: { branch: feature }\n', '2:22: {agent} is missing'],
    ['a place that is not known', 'version: 1\nworktrees: { path: "../{repo}/{agnet}" }\n', '2:20: {agnet} is not known here; expected {agent} or {repo}'],
    ['a branch template that git refuses', 'version: 1\nworktrees: { branch: "a..{agent}" }\n', '2:22: "a..{agent}" cannot make branch names'],
    ['worktrees at an absolute folder', 'version: 1\nworktrees: { path: "/etc/{agent}" }\n', '2:20: expected a folder relative to the repository'],
    ['worktrees in the home folder', 'version: 1\nworktrees: { path: "~/{agent}" }\n', '2:20: expected a folder relative'],
    ['worktrees further up than beside the repository', 'version: 1\nworktrees: { path: "../../.config/{agent}" }\n', '2:20: ".." may only be its first part'],
    ['worktrees in the git directory', 'version: 1\nworktrees: { path: ".git/{agent}" }\n', '2:20: worktrees cannot lie in .git'],
    ['a target that is an option', 'version: 1\ntarget: --all\n', '2:9: "--all" cannot be a branch: it begins with "-"'],
    ['a pattern that leaves the repository', 'version: 1\ncopy: [../secret]\n', '2:8: a pattern stays in the repository'],
    ['overlaps as a list', 'version: 1\noverlaps: [block]\n', '2:11: expected one of warn, block, off or a map of path patterns to such words, found a list'],
    ['a word for a pattern that is none', 'version: 1\noverlaps:\n  src/**: blok\n', '3:11: expected one of warn, block, off, found "blok"; did you mean "block"?'],
    ['a pattern of overlaps that leaves the repository', 'version: 1\noverlaps: { ../x: off }\n', '2:13: "../x" will not do: a pattern stays in the repository'],
    ['a pattern without quotes', 'version: 1\noverlaps:\n  *.md: off\n', '3:7: Alias ending in : is ambiguous'],
    ['a trailer without a name', 'version: 1\ntrailer: "{agent}"\n', '2:10: expected "Name: value"'],
    ['a folder path to skip', 'version: 1\ntrash: { skip: [a/b] }\n', `2:17: expected a folder's name`],
    ['a verb that no agent can be allowed', 'version: 1\nagents_may: [trust]\n', '2:14: expected one of integrate, undo, remove, sync, uninstall, found "trust"'],
    ['a provider without a lawful name', 'version: 1\nproviders: { Acme: {} }\n', '2:14: "Acme" will not do: expected a name of lower-case letters'],
    ['a provider of an unknown kind', 'version: 1\nproviders: { a: { kind: antropic } }\n', '2:25: expected one of anthropic, openai, found "antropic"; did you mean "anthropic"?'],
    ['an address that is none', 'version: 1\nproviders: { a: { address: "ftp://x" } }\n', '2:28: expected an address that begins with https://'],
    ['an address with a password', 'version: 1\nproviders: { a: { address: "https://me:secret@x" } }\n', '2:28: an address with a name or a password in it: put the token into a variable'],
    ['a key in the place of a variable', 'version: 1\nproviders: { a: { token: sk-4f1d9c } }\n', '2:26: expected the name of an environment variable, such as ACME_API_KEY; the key itself does not belong into a file'],
    ['a key among the variables', 'version: 1\nagents: { glm: { env: { OPENAI_API_KEY: x } } }\n', '2:25: "OPENAI_API_KEY" will not do: it belongs to a provider'],
    ['a variable of ours', 'version: 1\nagents: { glm: { env: { AI_AGENT_ID: x } } }\n', '2:25: "AI_AGENT_ID" will not do: aiteam itself sets it'],
    ['a committer with a place that is not known', 'version: 1\nidentity: { name: "{agnet}", email: a@b }\n', '2:19: {agnet} is not known here'],
    ['a price that is none', 'version: 1\nprices: { big: { input: free, output: 2 } }\n', '2:25: expected US dollars for a million tokens, such as 0.6, found "free"'],
    ['a price below nothing', 'version: 1\nprices: { big: { input: 1, output: -2 } }\n', '2:36: expected US dollars for a million tokens'],
    ['half a price', 'version: 1\nprices: { big: { input: 1 } }\n', '2:16: "output" is missing: expected US dollars'],
    ['a price by another name', 'version: 1\nprices: { big: { input: 1, output: 2, cached: 1 } }\n', '2:39: unknown key "cached"'],
    ['a model with a space in its name', 'version: 1\nprices: { "big one": { input: 1, output: 2 } }\n', '2:11: "big one" will not do: expected the name of a model'],
    ['a budget of nothing', 'version: 1\nbudgets: { team: { amount: 0 } }\n', '2:28: expected US dollars above 0, such as 5 or 0.5, found 0'],
    ['a budget without an amount', 'version: 1\nbudgets: { agents: { glm: { per: day } } }\n', '2:27: "amount" is missing: expected US dollars above 0'],
    ['a budget for a time that is none', 'version: 1\nbudgets: { team: { amount: 1, per: dya } }\n', '2:36: expected one of day, week, month, found "dya"; did you mean "day"?'],
    ['a budget that does something else', 'version: 1\nbudgets: { team: { amount: 1, when_spent: pose } }\n', '2:43: expected one of warn, pause, stop, found "pose"'],
    ['a budget of somebody without a place', 'version: 1\nbudgets: { glm: { amount: 1 } }\n', '2:12: unknown key "glm"'],
    ['a budget by another name', 'version: 1\nbudget: { team: { amount: 1 } }\n', '2:1: unknown key "budget"; did you mean "budgets"?'],
    ['a budget of a name that no agent has', 'version: 1\nbudgets: { agents: { Glm: { amount: 1 } } }\n', '2:22: "Glm" will not do'],
    ['an idle time that is none', 'version: 1\nidle: soon\n', '2:7: expected a time such as 30m or 2h, from 1s to 7d, found "soon"'],
    ['an idle time of nothing', 'version: 1\nagents: { glm: { idle: 0 } }\n', '2:24: expected a time such as 30m or 2h'],
    ['a committer without an address', 'version: 1\nidentity: { name: x, email: y }\n', '2:29: expected an e-mail address, found "y"'],
    ['broken YAML', 'version: 1\ncopy: [a\n', '3:1: Flow sequence in block collection must be sufficiently indented'],
  ])('%s', (_situation, yaml, expected) => {
    expect(mistakesIn(yaml)).toContain(`.aiteam.yaml:${expected}`);
  });
});

describe('hostile files', () => {
  // Seen to fail without the look at the depth: the parser's stack overflows, and for lists on one line Node itself aborts.
  it.each([
    ['aliases that blow up', `version: 1\na0: &a0 [x]\n${Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`).join('')}`, 'unknown key "a0"'],
    ['an alias for a value', 'version: 1\ntarget: &t main\noverlaps: *t\n', '3:11: expected one of warn, block, off or a map of path patterns to such words, found the alias *t'],
    ['an alias for a list', 'version: 1\ncopy: &c [a]\nlink: *c\n', '3:7: expected a list of path patterns, found the alias *c'],
    ['a merge key', 'version: 1\nagents:\n  glm: &g { role: a }\n  kimi: { <<: *g }\n', '4:11: unknown key "<<"'],
    ['prototype keys at the top', 'version: 1\n__proto__: { target: evil }\nconstructor: 1\n', '2:1: unknown key "__proto__"'],
    ['a prototype key as an agent', 'version: 1\nagents: { __proto__: { role: a } }\n', '2:11: "__proto__" will not do'],
    ['a prototype key in an agent', 'version: 1\nagents: { glm: { __proto__: { role: a } } }\n', '2:18: unknown key "__proto__"'],
    ['60,000 brackets', `version: 1\ncopy: ${'['.repeat(60_000)}`, '2:39: nested more than 32 levels deep'],
    ['as many brackets, closed in strings', `version: 1\ncopy: ${'["]",'.repeat(12_000)}`, 'nested more than 32 levels deep'],
    ['lists in lists on one line', `version: 1\ncopy:\n  ${'- '.repeat(30_000)}`, '3:67: nested more than 32 levels deep'],
    ['explicit keys in explicit keys', `? `.repeat(30_000), '1:65: nested more than 32 levels deep'],
    ['as many levels by indentation as fit', Array.from({ length: 350 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), 'unknown key "a"'],
    ['a megabyte', `version: 1\n# ${'x'.repeat(1 << 20)}\n`, ' the file has 1048590 bytes; at most 65536 are read'],
    ['tens of thousands of keys', `version: 1\n${Array.from({ length: 9000 }, (_, index) => `k${index}:\n`).join('')}`, 'and 8988 more mistakes'],
    ['a tag', 'version: 1\ntarget: !!js/function "x"\n', '2:9: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['a second document', 'version: 1\n---\nversion: 1\n', '2:1: a second document begins here'],
    ['tabs for indentation', 'version: 1\ngates:\n\t- name: a\n', '3:1: Tabs are not allowed as indentation'],
    ['a control character in a value', 'version: 1\ntarget: "ma\\x1b[31min"\n', '2:9: expected the name of a branch, found a control character in "ma\\x1b[31min"'],
    ['a control character in a key', 'version: 1\n"tar\\u202eget": x\n', '2:1: unknown key "tar\\u{202e}get"; did you mean "target"?'],
    ['an escape sequence in a command', 'version: 1\nsetup: ["ls \\e[2J"]\n', '2:9: expected a command, found a control character'],
    ['a line break in a model', 'version: 1\nagents: { glm: { model: "a\\nb" } }\n', '2:25: expected the name of a model, found a control character'],
  ])('%s', (_situation, yaml, expected) => {
    expect(mistakesIn(yaml)).toContain(expected);
    expect(Object.hasOwn(Object.prototype, 'target')).toBe(false);
  });

  it('bytes that are not UTF-8', () => {
    expect(mistakesIn(Buffer.from('version: 1\ntarget: caf\xe9\n', 'latin1'))).toBe('.aiteam.yaml: the file is not UTF-8 text');
  });

  it('accepts a byte-order mark, and says no control character about line breaks in a command', () => {
    expect(parse('\uFEFFversion: 1\nsetup:\n  - |\n    npm ci\n    npm run build\n').setup[0]).toEqual({ name: 'npm ci', run: 'npm ci\nnpm run build\n' });
  });
});
