import { randomFrom, type Random } from './random.ts';

/** A path's mode and content; of a submodule (160000) the content is the id of its commit. */
interface Entry {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: string;
}

type Tree = Map<string, Entry>;

const FOLDERS = ['', 'src/', 'src/lib/', 'docs/', 'old/'];
const NAMES = ['a.txt', 'b.txt', 'c.c', 'd.dat', 'e', 'ünicode.txt'];
const ATTRIBUTES = [
  '*.txt merge=union\n', '*.c -merge\n', '*.dat binary\n', '* text=auto\n', '*.txt text eol=crlf\n', '*.txt text eol=lf\n*.dat -text\n',
  '*.c merge=binary\ndocs/** merge=union\n', '* conflict-marker-size=5\n', '*.txt merge=missing\n',
];

/** A history with this many merges of two parents, for git-fast-import(1): every kind of change that merges meet. */
export function generatedHistory(seed: number, merges: number): Buffer {
  const random = randomFrom(seed);
  const commits: Tree[] = [firstTree(random)];
  const stream = [commitText(1, [], commits[0] ?? new Map())];
  for (let made = 0; made < merges;) {
    const recent = (): number => commits.length - random.below(Math.min(commits.length, 8));
    const first = recent();
    const second = recent();
    const isMerge = first !== second && random.chance(0.45);
    const tree = new Map(commits[first - 1]);
    if (isMerge) mixIn(random, tree, commits[second - 1] ?? new Map());
    for (let changes = isMerge ? random.below(2) : 1 + random.below(4); changes > 0; changes -= 1) change(random, tree);
    commits.push(tree);
    stream.push(commitText(commits.length, isMerge ? [first, second] : [first], tree));
    if (isMerge) made += 1;
  }
  return Buffer.from(stream.join(''), 'latin1');
}

function firstTree(random: Random): Tree {
  const tree: Tree = new Map([['module', { mode: '160000', content: anId(random) }]]);
  for (const folder of FOLDERS) for (const name of NAMES.slice(0, 4)) tree.set(bytes(folder + name), { mode: '100644', content: text(random, `${folder}${name}`) });
  return tree;
}

/** What a person might have made of a merge: some of it from either side. */
function mixIn(random: Random, tree: Tree, other: Tree): void {
  for (const path of new Set([...tree.keys(), ...other.keys()])) {
    if (!random.chance(0.5)) continue;
    const theirs = other.get(path);
    if (theirs === undefined) tree.delete(path);
    else put(tree, path, theirs);
  }
}

function change(random: Random, tree: Tree): void {
  const files = [...tree].filter(([, entry]) => entry.mode.startsWith('100')).map(([path]) => path);
  if (files.length === 0) return put(tree, aPath(random), { mode: '100644', content: text(random, 'again') });
  const path = random.pick(files);
  const entry = tree.get(path) ?? { mode: '100644', content: '' };
  const changes: readonly (readonly [number, () => void])[] = [
    [12, () => tree.set(path, { ...entry, content: edited(random, entry.content) })],
    [3, () => put(tree, aPath(random), { mode: '100644', content: text(random, path) })],
    [2, () => tree.delete(path)],
    [3, () => move(tree, path, aPath(random))],
    [2, () => moveFolder(tree, random.pick(FOLDERS.slice(1)), random.pick(['src/', 'new/', 'docs/deep/', 'old/', 'lib/']))],
    [1, () => tree.set(path, { ...entry, mode: entry.mode === '100644' ? '100755' : '100644' })],
    [1, () => put(tree, random.chance(0.5) ? path : aPath(random), { mode: '120000', content: random.pick(['a.txt', '../x', 'src/lib']) })],
    [1, () => tree.set(path, { ...entry, content: `${entry.content}\0${random.below(9)}` })],
    [1, () => tree.set(path, { ...entry, content: entry.content.includes('\r\n') ? entry.content.replaceAll('\r\n', '\n') : entry.content.replaceAll('\n', '\r\n') })],
    [1, () => put(tree, random.pick(['.gitattributes', 'src/.gitattributes']), { mode: '100644', content: random.pick(ATTRIBUTES) })],
    [1, () => put(tree, 'module', { mode: '160000', content: anId(random) })],
    [1, () => put(tree, `${path}/inside`, { mode: '100644', content: text(random, path) })],
  ];
  let at = random.below(changes.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of changes) {
    if (at < weight) return make();
    at -= weight;
  }
}

/** Puts the entry there, and takes away what cannot stand beside it. */
function put(tree: Tree, path: string, entry: Entry): void {
  for (const other of tree.keys()) if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) tree.delete(other);
  tree.set(path, entry);
}

function move(tree: Tree, from: string, to: string): void {
  const entry = tree.get(from);
  tree.delete(from);
  if (entry !== undefined) put(tree, to, entry);
}

function moveFolder(tree: Tree, from: string, to: string): void {
  if (to.startsWith(from)) return;
  const inside = [...tree.keys()].filter((path) => path.startsWith(from));
  for (const path of inside) move(tree, path, to + path.slice(from.length));
}

function edited(random: Random, content: string): string {
  const lines = content.split(/(?<=\n)/);
  for (let edits = 1 + random.below(3); edits > 0; edits -= 1) {
    const at = random.below(lines.length + 1);
    const line = `${random.pick(['x', 'y', 'z', '}', '', '=========', '<<<<<<< x', '>>>>>>> x'])}\n`;
    lines.splice(at, random.pick([0, 0, 1, 1, 2]), ...(random.chance(0.8) ? [line] : []));
  }
  return lines.join('');
}

function text(random: Random, about: string): string {
  return Array.from({ length: 4 + random.below(20) }, (_, line) => (random.chance(0.2) ? '}\n' : `${bytes(about)} ${line % 7}\n`)).join('');
}

function aPath(random: Random): string {
  return bytes(random.pick([...FOLDERS, 'new/']) + random.pick(NAMES));
}

function anId(random: Random): string {
  return Array.from({ length: 40 }, () => '0123456789abcdef'.charAt(random.below(16))).join('');
}

/** One character a byte, as git has them. */
function bytes(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}

function commitText(mark: number, parents: readonly number[], tree: Tree): string {
  const message = `commit ${mark}\n`;
  const [from, merge] = parents;
  const entries = [...tree].map(([path, { mode, content }]) => (mode === '160000' ? `M ${mode} ${content} ${path}\n` : `M ${mode} inline ${path}\ndata ${content.length}\n${content}\n`));
  return [
    `commit refs/heads/c${mark}\nmark :${mark}\ncommitter Generated <generated@example.org> ${1_700_000_000 + mark} +0000\ndata ${message.length}\n${message}`,
    from === undefined ? '' : `from :${from}\n`, merge === undefined ? '' : `merge :${merge}\n`, 'deleteall\n', ...entries, '\n',
  ].join('');
}
