import { eachOnce, withoutHistory, type Usage } from '../../core/tokens.ts';
import type { Env } from '../../process/run.ts';
import { isMissing } from '../atomic-file.ts';
import { CLAUDE_CODE, claudeTranscripts } from './claude-code.ts';
import { CODEX, codexRollouts } from './codex.ts';
import { sessionsElsewhere, type Elsewhere } from './elsewhere.ts';
import { keepTranscript, readKept } from './kept.ts';
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
 * where the clients keep their records; `folders` are those that `isOurs` knows, or folders around them. What took long to read
 * is kept in the folder `kept`, and read on from there; null for nowhere.
 */
export function readUsage(environments: readonly Env[], folders: readonly string[], isOurs: (folder: string) => boolean, kept: string | null = null): Records {
  const unreadable: string[] = [];
  const elsewhere = sessionsElsewhere(kept);
  const read = (format: Format, paths: readonly string[]): Transcript[] => [...new Set(paths)].flatMap((path) => {
    const found = readTranscript(path, format, { isOurs, kept, elsewhere });
    if (found === 'unreadable') unreadable.push(path);
    return found === null || found === 'unreadable' ? [] : [found];
  });
  const transcripts = read(CLAUDE_CODE, environments.flatMap((env) => claudeTranscripts(env, folders)));
  const rolloutFiles = environments.flatMap(codexRollouts);
  const rollouts = read(CODEX, rolloutFiles);
  elsewhere.keep(rolloutFiles);
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
  return cwd === null ? [] : usages.map(({ id, at, model, input, output, cacheWrite, cacheWriteLong, cacheRead }) => ({ id, at, model, cwd, input, output, cacheWrite, cacheWriteLong, cacheRead }));
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

interface Reading {
  readonly isOurs: (folder: string) => boolean;
  readonly kept: string | null;
  readonly elsewhere: Elsewhere;
}

/** What a file tells; null where it is of a session that was not started in one of our folders, or has gone. */
function readTranscript(path: string, format: Format, { isOurs, kept, elsewhere }: Reading): Transcript | 'unreadable' | null {
  const folder = elsewhere.folderOf(path);
  if (folder !== undefined && !isOurs(folder)) return null;
  try {
    const known = kept === null ? null : readKept(kept, path);
    const transcript = known?.transcript ?? newTranscript();
    const isForeign = (): boolean => transcript.cwd !== null && !isOurs(transcript.cwd);
    let last: Buffer | null = null;
    const { tooLong, tooLongEnded, end } = readLines(path, known?.end ?? 0, (line, whole) => {
      if (!whole) last = Buffer.from(line);
      else if (!takeLine(line, format, transcript)) transcript.malformed += 1;
      return !isForeign();
    });
    if (isForeign()) {
      if (format === CODEX && transcript.cwd !== null) elsewhere.note(path, transcript.cwd);
      return null;
    }
    transcript.malformed += tooLongEnded;
    if (format.repeats) transcript.usages = eachOnce(transcript.usages);
    if (kept !== null && transcript.cwd !== null) keepTranscript(kept, path, { transcript, end }, known?.end ?? 0);
    // What is still being written counts where it is whole already, and is read again the next time.
    if (last !== null) takeLine(last, format, transcript);
    transcript.malformed += tooLong - tooLongEnded;
    if (isForeign()) return null;
    // Whose a rollout is that says nothing can only be guessed; a transcript lies in a folder with a name like ours.
    return transcript.cwd !== null || (format === CLAUDE_CODE && transcript.malformed > 0) ? transcript : null;
  } catch (error) {
    if (isMissing(error)) return null;
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return 'unreadable';
    throw error;
  }
}

/** Takes a line in; false where it cannot be read. */
function takeLine(line: Buffer, format: Format, transcript: Transcript): boolean {
  // A cheap look: what a kill or a full disk left of a line is not always where the word is that matters.
  return line.length === 0 || (isObject(line) && (!format.matters(line) || format.take(line, transcript)));
}

function isObject(line: Buffer): boolean {
  const end = line.at(-1) === 0x0d ? line.at(-2) : line.at(-1);
  return line[0] === 0x7b && end === 0x7d;
}
