import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { listPanes, openWindows, type Tmux } from '../../src/launch/tmux.ts';
import { scratch } from '../support/scratch.ts';

// Seen to fail where a pane was read once: tmux did not know yet how its process had ended, and 128 was told.
it('a process whose terminal closes before it ends is told by its own exit code', async () => {
  const made = scratch();
  const tmux: Tmux = { socket: 'ended', cwd: made.repo, env: { ...made.env, TMUX_TMPDIR: made.folder } };
  const ask = (...args: string[]): string => execFileSync('tmux', ['-L', tmux.socket, ...args], { env: tmux.env, encoding: 'utf8' });
  onTestFinished(() => void ask('kill-server'));
  const pipe = join(made.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await openWindows(tmux, [{ agent: 'glm', command: ['sh', '-c', `trap '' HUP; exec <&- >&- 2>&-; read -r _ < '${pipe}'; exit 7`, 'exec', '--handed', 'folder', 'glm'] }], { isUp: false, close: [] });
  while (ask('list-panes', '-a', '-F', '#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}') !== '1||\n');
  const panes = listPanes(tmux);
  // What was asked before this has been answered.
  await promisify(execFile)('tmux', ['-L', tmux.socket, 'list-panes', '-a'], { env: tmux.env });
  writeFileSync(pipe, 'end\n', { flag: 'r+' });
  expect(await panes).toMatchObject([{ agent: 'glm', exitCode: 7 }]);
});
