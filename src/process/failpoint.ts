/** Whether this is a test build (`scripts/build.mjs --with-failpoints`); undefined where the source runs as it is. */
declare const AITEAM_WITH_FAILPOINTS: boolean | undefined;

/** The steps at which a test can end or fail a command, by the protocol that they are part of. */
export type Failpoint =
  | 'run-noted' | 'snapshot-taken' | 'gate-worktree-ready' | 'gate-running' | 'intent-written' | 'index-lock-written' | 'index-locked' | 'files-moved' | 'index-renamed' | 'target-moved'
  | 'landing-recorded' | 'intent-cleared' | 'conflict-pinned' | 'conflict-recorded' | 'resolution-kept' | 'resolution-taken-back'
  | 'undo-pinned'
  | 'sync-intent-written' | 'branch-moved' | 'sync-recorded'
  | 'shelf-intent-written' | 'shelf-pinned' | 'shelf-staged' | 'shelf-moved' | 'shelf-done' | 'shelf-trashed'
  | 'add-intent-written' | 'worktree-made' | 'marker-written' | 'add-recorded'
  | 'removal-listed' | 'removal-pinned' | 'removal-intent-written' | 'folder-aside' | 'ignored-kept' | 'worktree-forgotten' | 'branch-deleted' | 'removal-recorded' | 'aside-deleted'
  | 'pause-watched'
  | 'journal-append' | 'checkpoint-written' | 'archive-written' | 'archived-removed';

/** How long to wait between two looks, milliseconds: `usual`, or in a test build what `AITEAM_BEAT_MS` says. */
export function beat(usual: number): number {
  if (typeof AITEAM_WITH_FAILPOINTS !== 'undefined' && AITEAM_WITH_FAILPOINTS) return Number(process.env['AITEAM_BEAT_MS'] ?? usual);
  return usual;
}

/**
 * In a test build, where `AITEAM_FAILPOINT` is `name:kill`, `name:enospc` or `name:eio` with this name: ends the process
 * by SIGKILL, or throws what a full or a broken disk does. Elsewhere nothing; the shipped bundle has not even the call.
 */
export function failpoint(name: Failpoint): void {
  if (typeof AITEAM_WITH_FAILPOINTS !== 'undefined' && AITEAM_WITH_FAILPOINTS) {
    const [at, kind] = (process.env['AITEAM_FAILPOINT'] ?? '').split(':');
    if (at !== name) return;
    if (kind === 'kill') process.kill(process.pid, 'SIGKILL');
    throw Object.assign(new Error(`${kind?.toUpperCase()}: at failpoint ${name}`), { code: kind?.toUpperCase(), syscall: 'write' });
  }
}
