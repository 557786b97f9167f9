import { ProcessError, run, type Env } from '../process/run.ts';
import { outputOf, TIMES } from './tmux.ts';

/** The pane of tmux that we run in. */
export interface OwnPane {
  readonly socket: string;
  readonly pane: string;
  readonly env: Env;
}

/** The pane whose variables these are; null outside of tmux. */
export function ownPane(env: Env): OwnPane | null {
  const [socket = ''] = (env['TMUX'] ?? '').split(',');
  const pane = env['TMUX_PANE'] ?? '';
  return socket === '' || !/^%\d+$/.test(pane) ? null : { socket, pane, env };
}

/** When its window last showed something of its own, epoch milliseconds; null where tmux does not tell. */
export async function ownOutput({ socket, pane, env }: OwnPane): Promise<number | null> {
  try {
    const { stdout } = await run('tmux', ['-S', socket, 'display-message', '-p', '-t', pane, TIMES], { cwd: '/', env });
    return outputOf(stdout.toString('utf8').trimEnd().split('|'));
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return null;
  }
}

/** Shows a line where people look who have the window before them; nobody may have. */
export async function showBelow({ socket, pane, env }: OwnPane, text: string): Promise<void> {
  try {
    // tmux would execute `#(…)`, and take `%H` for the hour.
    await run('tmux', ['-S', socket, 'display-message', '-t', pane, text.replaceAll('#', '##').replaceAll('%', '%%')], { cwd: '/', env });
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
  }
}
