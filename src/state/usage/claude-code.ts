import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../../process/run.ts';
import { entriesIn, filesBelow } from './folders.ts';
import { countIn, fieldsOf, parseLine, textIn, timeIn, type Format } from './transcript.ts';

/** Claude Code's transcripts: each answer in several lines, one for each of its parts, with the usage so far. */
export const CLAUDE_CODE: Format = {
  repeats: true,
  matters: (line) => line.includes('"usage"'),
  take: (line, transcript) => {
    const record = parseLine(line);
    if (record === null) return false;
    if (record['type'] !== 'assistant') return true;
    transcript.cwd ??= textIn(record['cwd']);
    const message = fieldsOf(record['message']);
    const usage = fieldsOf(message['usage']);
    const [model, at] = [textIn(message['model']), timeIn(record['timestamp'])];
    // What the client itself answers, such as an error, cost nothing.
    if (model === '<synthetic>') return true;
    const created = countIn(usage['cache_creation_input_tokens']);
    const [input, output, cacheRead] = [countIn(usage['input_tokens']), countIn(usage['output_tokens']), countIn(usage['cache_read_input_tokens'])];
    if (model === null && input + output + created + cacheRead === 0) return true;
    if (at === null) return false;
    const cacheWriteLong = Math.min(created, countIn(fieldsOf(usage['cache_creation'])['ephemeral_1h_input_tokens']));
    transcript.usages.push({
      // A side chain repeats answers under other request ids; only what has no id of its own goes by its request.
      id: textIn(message['id']) ?? textIn(record['requestId']), at, model: model ?? 'unknown',
      input, output, cacheWrite: created - cacheWriteLong, cacheWriteLong, cacheRead,
    });
    return true;
  },
};

/** How long the name may be that a folder's transcripts have; of a longer one the client keeps the beginning and adds a hash. */
const LONGEST_NAME = 200;

/** The name of the folder of transcripts of sessions that were started in `folder`. */
function projectName(folder: string): string {
  return folder.replace(/[^A-Za-z0-9]/g, '-');
}

/**
 * The transcripts of sessions that were started in one of these folders, or below it, and perhaps others: the names of their
 * folders do not tell `a.b` from `a/b`.
 */
export function claudeTranscripts(env: Env, folders: readonly string[]): string[] {
  const names = folders.map((folder) => projectName(folder).slice(0, LONGEST_NAME));
  return projectFolders(env).flatMap((projects) => foldersIn(projects)
    .filter((name) => names.some((one) => name === one || name.startsWith(one.length === LONGEST_NAME ? one : `${one}-`)))
    // Those of sub-agents lie in folders of their sessions.
    .flatMap((name) => filesBelow(join(projects, name), (file) => file.endsWith('.jsonl'))));
}

function projectFolders(env: Env): string[] {
  const configured = env['CLAUDE_CONFIG_DIR'] ?? '';
  if (configured !== '') return [join(configured, 'projects')];
  const home = env['HOME'] ?? homedir();
  return [join(home, '.claude', 'projects'), join(home, '.config', 'claude', 'projects')];
}

function foldersIn(folder: string): string[] {
  return entriesIn(folder).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
