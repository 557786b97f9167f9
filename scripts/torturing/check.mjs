// What must hold when everybody has stopped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers for the report, and everything that does not hold. */
export async function lookedThrough(made, { agents, human, coordinators }) {
  const journal = journalOf(made);
  const lines = (args) => made.git(args).split('\n').filter((line) => line !== '');
  const faults = coordinators.flatMap((coordinator) => coordinator.faults);
  const expectAll = (what, wanted, found) => {
    for (const one of wanted) if (!found.has(one)) faults.push(`${what}: ${one}`);
  };

  const everything = new Set(lines(['rev-list', '--all', '--reflog']));
  const named = new Set(lines(['rev-list', '--all']));
  const onMain = new Set(lines(['rev-list', 'main']));
  for (const { name, acknowledged } of agents) {
    expectAll(`a commit of ${name}'s is found nowhere`, acknowledged.map(({ id }) => id), everything);
    expectAll(`the last commit of ${name}'s is in no ref`, acknowledged.slice(-1).map(({ id }) => id), named);
    expectAll(`the journal does not have what a hook reported of ${name}`, acknowledged.filter(({ hooked }) => hooked).map(({ id }) => id), journal.commits);
  }
  const contents = new Set(lines(['rev-list', '--all', '--reflog', '--objects']).map((line) => line.split(' ')[0]));
  const shelved = agents.flatMap(({ name, shelved }) => shelved.map((file) => ({ ...file, folder: made.worktree(name) })));
  faults.push(...shelved.filter((file) => file.isGitsToLose !== true && !lies(file) && !contents.has(blobOf(made, file.text))).map(({ path }) => `what was to be put aside is found nowhere: ${path}`));
  expectAll("a commit of the human's is not on main", human.acknowledged, onMain);
  faults.push(...human.overwritten().map((file) => `the human's ${file} does not hold what was written there`));
  faults.push(...lines(['status', '--porcelain']).filter((line) => !line.slice(3).startsWith('human/')).map((line) => `not the human's, in the human's checkout: ${line}`));

  const landed = landingsIn(made);
  expectAll('a landing is in no journal', landed, new Set(journal.movements));
  for (const id of new Set(journal.movements)) if (journal.movements.filter((one) => one === id).length > 1) faults.push(`landed more than once: ${id}`);
  const trees = await treesOf(made, lines);
  faults.push(...trees.faults);
  faults.push(...locksIn(made, lines).map((lock) => `left behind: ${lock}`));
  faults.push(...fsck(made));

  const commits = agents.flatMap(({ acknowledged }) => acknowledged);
  const sum = (key) => coordinators.reduce((all, coordinator) => merge(all, coordinator[key]), {});
  return {
    faults,
    counts: {
      'commits of agents acknowledged': commits.length,
      'times that work was put aside': shelved.length,
      'commits of the human': human.acknowledged.length,
      'landings and undos': landed.size,
      'landed merges, each with the tree of its parents': trees.checked,
      'landed merges with conflicts that a recorded resolution settles': trees.settled,
      'landed merges after a squash, a rebase or an undo of the same branch': trees.standIns,
      [`commands not killed (${text(sum('ran'))})`]: Object.values(sum('ran')).reduce((a, b) => a + b, 0),
      [`refused (${text(sum('refused'))})`]: Object.values(sum('refused')).reduce((a, b) => a + b, 0),
    },
  };
}

function lies({ folder, path, text }) {
  const file = join(folder, path);
  return existsSync(file) && readFileSync(file, 'utf8') === text;
}

function blobOf(made, text) {
  return made.run('git', ['hash-object', '--stdin'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] }).trim();
}

/** The journal as it lies on the disk: records of the kinds that matter here, archives included. */
function journalOf(made) {
  const folder = join(made.repo, '.git/aiteam/journal');
  const text = readdirSync(folder).filter((name) => name.endsWith('.log')).map((name) => readFileSync(join(folder, name), 'latin1')).join('');
  const records = text.split('\u001e').flatMap((frame) => {
    try {
      return [JSON.parse(frame.split('\n')[0])];
    } catch {
      return [];
    }
  });
  return {
    commits: new Set(records.filter(({ kind }) => kind === 'commit' || kind === 'rewrite').map(({ id }) => id)),
    movements: records.filter(({ kind }) => kind === 'landing' || kind === 'undo').map(({ id }) => id),
  };
}

/** The ids by which main was moved, from its reflog. */
function landingsIn(made) {
  const log = readFileSync(join(made.repo, '.git/logs/refs/heads/main'), 'utf8');
  return new Set([...log.matchAll(/\taiteam: ([LU][0-9a-f]{8}) /g)].map(([, id]) => id));
}

/** Each landed merge has the tree that git makes of its parents, but where what had landed before was not in the graph. */
async function treesOf(made, lines) {
  const merges = lines(['log', '--first-parent', '--min-parents=2', '--format=%H %T %P', 'main']).map((line) => line.split(' '));
  const faults = [];
  let [checked, standIns, settled] = [0, 0, 0];
  for (const [commit, tree, first, second] of merges) {
    const found = made.run('git', ['merge-tree', '--write-tree', first, second], { accept: [0, 1] }).split('\n')[0];
    if (found === tree) checked += 1;
    else if (hasOtherBase(made, lines, second)) standIns += 1;
    else if (isSettled(made, lines, commit, [found, tree], [first, second])) settled += 1;
    else faults.push(`the landed merge ${commit} has not the tree of its parents`);
  }
  return { faults, checked, standIns, settled };
}

/** Whether a recorded resolution made it, and nothing but what git stopped on differs. */
function isSettled(made, lines, commit, [merged, tree], parents) {
  if (lines(['log', '-1', '--format=%(trailers:key=Conflict-resolution,valueonly)', commit]).length === 0) return false;
  const stopped = new Set(made.run('git', ['merge-tree', '--write-tree', '--name-only', '--no-messages', ...parents], { accept: [0, 1] }).split('\n').slice(1));
  return lines(['diff-tree', '-r', '--name-only', merged, tree]).every((path) => stopped.has(path));
}

/** Whether the branch had landed in a way that its parents do not show. */
function hasOtherBase(made, lines, tip) {
  const agents = lines(['for-each-ref', '--contains', tip, '--format=%(refname:lstrip=3)', 'refs/heads/feature/']);
  const folder = join(made.repo, '.git/aiteam/journal');
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1')).join('');
  return text.includes('"kind":"undo"') || agents.some((name) => text.split('\n').some((line) => /"strategy":"(squash|rebase)"/.test(line) && line.includes(`"agent":"${name}"`)));
}

function locksIn(made, lines) {
  const git = join(made.repo, '.git');
  const gitDirs = [git, ...readdirSync(join(git, 'worktrees')).map((name) => join(git, 'worktrees', name))];
  const files = [
    ...gitDirs.flatMap((gitDir) => readdirSync(gitDir).filter((name) => /\.lock$|^aiteam-index/.test(name)).map((name) => join(gitDir, name))),
    // One below refs/aiteam is removed when it is next in the way.
    ...readdirSync(join(git, 'refs'), { recursive: true }).filter((name) => name.endsWith('.lock') && !name.startsWith('aiteam/')),
    ...['landing.json', 'run.json'].map((name) => join(git, 'aiteam', name)).filter((file) => existsSync(file)),
    ...(existsSync(join(git, 'aiteam/intents')) ? readdirSync(join(git, 'aiteam/intents')).filter((name) => name.endsWith('.json')) : []),
  ];
  // So is a mutex with such a file beside it, by who wants it next.
  const mutexes = lines(['for-each-ref', '--format=%(refname)', 'refs/aiteam/lock']).filter((ref) => !existsSync(join(git, `${ref}.lock`)));
  return [...files, ...mutexes];
}

function fsck(made) {
  try {
    made.git(['fsck', '--no-progress', '--no-dangling']);
    return [];
  } catch (error) {
    return [error.message];
  }
}

function merge(a, b) {
  const sum = { ...a };
  for (const [key, number] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + number;
  return sum;
}

function text(counts) {
  return Object.entries(counts).map(([key, number]) => `${key} ${number}`).join(', ') || 'none';
}
