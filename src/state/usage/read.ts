import { eachOnce, withoutHistory, type Usage } from '../../core/tokens.ts';
import type { Env } from '../../process/run.ts';
import { isMissing } from '../atomic-file.ts';
import { CLAUDE_CODE, claudeTranscripts } from './claude-code.ts';
import { CODEX, codexRollouts } from './codex.ts';
import { readLines } from './lines.ts';
import { newTranscript, type Format, type Transcript } from './transcript.ts';

/** An answer, and the folder that its client was started in. */
export interface PlacedUsage extends Usage {
  readonly cwd: string;
}

/** What the clients' own records tell. */
export interface Records {
  /** Each answer once, by time. */
  readonly usages: readonly PlacedUsage[];
  /** Files of sessions that were started in one of the folders. */
  readonly files: number;
  /** Lines in these that could not be read, and files that could not be opened. */
  readonly malformed: number;
  readonly unreadable: readonly string[];
}

/**
 * Every answer that Claude Code and Codex recorded in sessions which were started in a folder that `isOurs`. `environments` say
 * where the clients keep their records; `folders` are those that `isOurs` knows, or folders around them.
 */
export function readUsage(environments: readonly Env[], folders: readonly string[], isOurs: (folder: string) => boolean): Records {
  const unreadable: string[] = [];
  const read = (format: Format, paths: readonly string[]): Transcript[] => [...new Set(paths)].flatMap((path) => {
    const found = readTranscript(path, format, isOurs);
    if (found === 'unreadable') unreadable.push(path);
    return found === null || found === 'unreadable' ? [] : [found];
  });
  const transcripts = read(CLAUDE_CODE, environments.flatMap((env) => claudeTranscripts(env, folders)));
  const rollouts = read(CODEX, environments.flatMap(codexRollouts));
  const placed = [
    ...transcripts.flatMap((transcript) => placedIn(transcript, transcript.usages)),
    ...ownAnswers(rollouts).flatMap(([transcript, usages]) => placedIn(transcript, usages)),
  ];
  const all = [...transcripts, ...rollouts];
  return {
    usages: eachOnce(placed.toSorted((a, b) => a.at - b.at)).toSorted((a, b) => a.at - b.at),
    files: all.length, malformed: all.reduce((sum, { malformed }) => sum + malformed, 0), unreadable,
  };
}

function placedIn({ cwd }: Transcript, usages: readonly Usage[]): PlacedUsage[] {
  return cwd === null ? [] : usages.map((usage) => ({ ...usage, cwd }));
}

/** Each with what it did not get from the session that it goes on from; where that one is gone, the first that did has it. */
function ownAnswers(transcripts: readonly Transcript[]): [Transcript, Usage[]][] {
  const bySession = new Map(transcripts.map((transcript) => [transcript.session, transcript.usages]));
  return transcripts.map((transcript) => {
    const { forkedFrom, usages } = transcript;
    if (forkedFrom === null) return [transcript, usages];
    const earlier = bySession.get(forkedFrom);
    if (earlier === undefined) bySession.set(forkedFrom, usages);
    return [transcript, earlier === undefined ? usages : withoutHistory(usages, earlier)];
  });
}

/** What a file tells; null where it is of a session that was not started in one of our folders, or has gone. */
function readTranscript(path: string, format: Format, isOurs: (folder: string) => boolean): Transcript | 'unreadable' | null {
  const transcript = newTranscript();
  const isForeign = (): boolean => transcript.cwd !== null && !isOurs(transcript.cwd);
  try {
    const tooLong = readLines(path, (line, whole) => {
      if (line.length === 0) return true;
      // A cheap look: what a kill or a full disk left of a line is not always where the word is that matters.
      const read = isObject(line) && (!format.matters(line) || format.take(line, transcript));
      if (!read && whole) transcript.malformed += 1;
      return !isForeign();
    });
    transcript.malformed += tooLong;
  } catch (error) {
    if (isMissing(error)) return null;
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return 'unreadable';
    throw error;
  }
  if (isForeign()) return null;
  // Whose a rollout is that says nothing can only be guessed; a transcript lies in a folder with a name like ours.
  return transcript.cwd !== null || (format === CLAUDE_CODE && transcript.malformed > 0) ? transcript : null;
}

function isObject(line: Buffer): boolean {
  const end = line.at(-1) === 0x0d ? line.at(-2) : line.at(-1);
  return line[0] === 0x7b && end === 0x7d;
}
