import { join } from 'node:path';
import { lasting } from '../../core/ago.ts';
import { refusal } from '../../core/errors.ts';
import { placesOf, slotNameProblem } from '../../core/slots.ts';
import { escapeText, shellWord, truncate } from '../../core/text.ts';
import { interruptible } from '../../process/interruption.ts';
import { errorCode, type Env } from '../../process/run.ts';
import { drawTicket, isInside, type Place, type Queued, type Waiting } from '../../state/tickets.ts';
import { slotsFolder } from '../../state/user-state.ts';
import { doing, type Context } from '../context.ts';
import type { Here } from './here.ts';

/** Names the tickets that a command runs under, so that what it starts in turn does not wait for it. */
const HELD = 'AITEAM_SLOTS_HELD';
const LONGEST_COMMAND = 120;

/** What the work in a slot gets. */
export interface InSlot {
  /** Variables for what is started in it. */
  readonly env: Env;
  /** Notes the process that does the work. */
  readonly runs: (pid: number) => void;
}

/** What a slot is wanted for. */
export interface SlotUse {
  readonly slot: string;
  /** What will run, for those who wait. */
  readonly command: string;
}

/**
 * Runs `work` while this command has a place in a slot of the machine; says for whom it waits. Where whoever called us is in
 * that slot already, it is not waited for. Errors: `slot-unknown`, `slots-folder`, `interrupted`.
 */
export async function withSlot<T>(here: Omit<Here, 'repo'>, use: SlotUse, work: (slot: InSlot) => Promise<T>): Promise<T> {
  const { context, config, agent, folder, repository } = here;
  const places = placesOf(config.slots, use.slot);
  const queue = join(slotsFolder(context.env), use.slot);
  const held = heldTickets(context);
  if (heldSlots(context).includes(use.slot)) return work({ env: {}, runs: () => undefined });

  const place = inFolder(queue, () => drawTicket(queue, { command: use.command, agent, folder, repository, places }));
  try {
    const waited = await waitForTurn(context, `slot ${use.slot}`, place);
    if (waited !== null) doing(context, `slot ${use.slot} is ours after ${lasting(waited)}`);
    return await work({ env: { [HELD]: [...held, `${use.slot}/${place.ticket}`].join(' ') }, runs: place.runs });
  } finally {
    place.leave();
  }
}

/** The slots that whoever called us is in. */
export function heldSlots(context: Context): string[] {
  const pairs = heldTickets(context).map((one) => one.split('/', 2) as [slot: string, ticket?: string]);
  return pairs.flatMap(([slot, ticket = '']) => (slotNameProblem(slot) === null && isInside(join(slotsFolder(context.env), slot), ticket) ? [slot] : []));
}

function heldTickets({ env }: Context): string[] {
  return (env[HELD] ?? '').split(' ').filter((one) => one !== '');
}

/** Waits until it is this ticket's turn, says for whom, and answers how many milliseconds that took, null for no wait. Errors: `interrupted`, `ticket-lost`. */
export async function waitForTurn(context: Context, what: string, place: Place): Promise<number | null> {
  const since = Date.now();
  let waited = false;
  await interruptible(`waiting for ${what}`, () => place.turn((waiting) => {
    doing(context, `waiting for ${what}: ${waitingWords(waiting, Date.now())}`);
    waited = true;
  }));
  return waited ? Date.now() - since : null;
}

/** A command as others are shown it. */
export function shownCommand(command: readonly string[]): string {
  return truncate(command.map(shellWord).join(' '), LONGEST_COMMAND);
}

function waitingWords({ before, inside }: Waiting, now: number): string {
  return `held by ${inside.map((one) => queuedWords(one, now)).join(' and ')}${before === 0 ? '' : `, ${before} before us`}`;
}

function queuedWords(queued: Queued, now: number): string {
  const who = queued.agent === null ? 'you' : escapeText(queued.agent);
  const where = escapeText(queued.repository ?? queued.folder);
  return `${who} in ${where} for ${lasting(now - (queued.inSince ?? now))} (${escapeText(queued.command)}${queued.orphaned ? ', its aiteam was killed' : ''})`;
}

/** Sandboxes of agents often let them write in their worktree only. */
function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) throw error;
    throw refusal(
      'slots-folder', `slots are kept in ${escapeText(folder)}, and it cannot be written (${errorCode(error)})`,
      'let the sandbox write there, or set XDG_STATE_HOME to one folder for everybody', 'to run it without waiting for others: aiteam run --no-slot',
    );
  }
}
