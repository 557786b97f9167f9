import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { overlapWord, type OverlapWord } from '../core/overlap-policy.ts';
import { readIfThere, replaceFile } from './atomic-file.ts';
import type { Layout } from './layout.ts';
import { bundleFile, packageFolder } from './package-folder.ts';

const LIBRARY = ['lib.sh', 'locks.sh', 'message.sh', 'record.sh', 'overlaps.sh'];

/** Hooks in which something of ours happens, and the probe that `doctor` runs. */
const OURS = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'post-merge', 'post-rewrite', 'aiteam-probe'];

/** The other hooks of githooks(5): copies of `chain`. */
const CHAINED = [
  'applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-merge-commit', 'pre-rebase', 'post-checkout', 'pre-push',
  'pre-receive', 'update', 'post-receive', 'post-update', 'pre-auto-gc', 'sendemail-validate',
];

/** Hooks that change what git does, or slow it down, by being there: only where the repository has them. */
const CHAINED_IF_THERE = [
  'push-to-checkout', 'proc-receive', 'reference-transaction', 'post-index-change',
  'p4-changelist', 'p4-prepare-changelist', 'p4-post-changelist', 'p4-pre-submit',
];

/** The files of the dispatcher that are not as they should be, by a look at their sizes only. */
export function misfits(layout: Layout, ownHooks: string): string[] {
  return dispatcherFiles(ownHooks).filter(({ name, source }) => {
    const stats = statSync(join(layout.hooks, name), { throwIfNoEntry: false });
    if (source === null) return stats !== undefined;
    return stats === undefined || stats.size !== statSync(join(packageFolder(), 'hooks', source)).size || (isHook(name) && (stats.mode & 0o111) === 0);
  }).map(({ name }) => name);
}

/** The same by a look into them. */
export function changedFiles(layout: Layout, ownHooks: string): string[] {
  const changed = dispatcherFiles(ownHooks).filter(({ name, source }) => source !== null && readIfThere(join(layout.hooks, name)) !== contentOf(source));
  return [...new Set([...misfits(layout, ownHooks), ...changed.map(({ name }) => name)])];
}

/** Makes the dispatcher's files and the folders that its hooks write to as they should be; what is right is left alone. */
export function writeDispatcher(layout: Layout, ownHooks: string): void {
  for (const folder of [layout.hooks, layout.journal, layout.touched]) mkdirSync(folder, { recursive: true });
  const wrong = new Set(changedFiles(layout, ownHooks));
  for (const { name, source } of dispatcherFiles(ownHooks)) {
    if (!wrong.has(name)) continue;
    const path = join(layout.hooks, name);
    if (source === null) rmSync(path, { force: true });
    else replaceFile(path, contentOf(source), isHook(name) ? 0o755 : 0o644);
  }
}

/** Each file that the folder may hold, and the file of the package that it is a copy of; null where it must not be there. */
function dispatcherFiles(ownHooks: string): { readonly name: string; readonly source: string | null }[] {
  return [
    ...[...LIBRARY, ...OURS].map((name) => ({ name, source: name })),
    ...CHAINED.map((name) => ({ name, source: 'chain' })),
    ...CHAINED_IF_THERE.map((name) => ({ name, source: existsSync(join(ownHooks, name)) ? 'chain' : null })),
  ];
}

function isHook(name: string): boolean {
  return !LIBRARY.includes(name);
}

function contentOf(source: string): string {
  return readFileSync(join(packageFolder(), 'hooks', source), 'utf8');
}

/** Small files that the hooks read, a value a line. */
export interface HookSettings {
  /** The strictest that a commit may meet which touches another agent's paths. */
  readonly policy: OverlapWord;
  /** The folder of the repository's own hooks, as git has it configured. */
  readonly chain: string;
}

/** The recorded settings; those that no file has are left out. */
export function readHookSettings(layout: Layout): Partial<HookSettings> {
  const policy = overlapWord(readIfThere(join(layout.root, 'policy'))?.trim());
  const chain = readIfThere(join(layout.root, 'chain'))?.split('\n')[0];
  return {
    ...(policy === null ? {} : { policy }),
    ...(chain === undefined || chain === '' ? {} : { chain }),
  };
}

/** Records the settings; `chain` always anew, because the hooks compare its age with that of the configuration. */
export function writeHookSettings(layout: Layout, settings: Partial<HookSettings>): void {
  if (settings.policy !== undefined && settings.policy !== readHookSettings(layout).policy) replaceFile(join(layout.root, 'policy'), `${settings.policy}\n`);
  if (settings.chain !== undefined) replaceFile(join(layout.root, 'chain'), `${settings.chain}\n`);
}

/** Records the Node and the program that hooks start in the background. */
export function writeRuntime(layout: Layout): void {
  const lines = `${process.execPath}\n${bundleFile()}\n`;
  if (readIfThere(runtimeFile(layout)) !== lines) replaceFile(runtimeFile(layout), lines);
}

/** Whether the program that hooks start is still where it was. */
export function runtimeIsThere(layout: Layout): boolean {
  const files = readIfThere(runtimeFile(layout))?.split('\n').slice(0, 2) ?? [];
  return files.length === 2 && files.every((file) => existsSync(file));
}

function runtimeFile(layout: Layout): string {
  return join(layout.root, 'runtime');
}
