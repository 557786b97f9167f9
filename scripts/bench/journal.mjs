// What a long history costs a command that reads it.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, median, more, wallMs } from './measure.mjs';
import { against, figure, heading, times } from './report.mjs';
import { scene, write } from './scene.mjs';

const EVENTS = 100_000;
const AGENTS = ['claude', 'glm', 'deepseek'];

export function journal(rounds) {
  heading(`journal: ${EVENTS.toLocaleString('en')} events, and aiteam status beside an empty journal`);
  const place = scene({ files: 50, agents: AGENTS });
  const folder = join(place.repo, '.git/aiteam/journal');
  const kept = (name) => join(place.folder, name);
  cpSync(folder, kept('short'), { recursive: true });
  write(join(folder, 'p-bench-1.log'), events());
  cpSync(folder, kept('long'), { recursive: true });
  place.aiteam(['refresh']);
  place.settle();
  cpSync(folder, kept('compacted'), { recursive: true });

  const status = (name) => () => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    cpSync(kept(name), folder, { recursive: true });
    const took = wallMs(() => place.aiteam(['status']));
    place.settle();
    return took;
  };
  const { short, compacted, long } = inTurn(rounds, { short: status('short'), compacted: status('compacted'), long: status('long') });
  times('an empty journal', short);
  times('100,000 events, compacted', compacted);
  times('100,000 events, read for the first time', long);
  against('added by 100,000 events, compacted', more(compacted, short), 'ms', 50);
  // Compaction begins at a quarter of a megabyte: only where no refresh has run for weeks, and then once.
  figure('added by 100,000 events, read for the first time', `${median(more(long, short)).toFixed(1)} ms`);
}

/** A commit every ten seconds until now, by each agent in turn, framed as the journal frames them. */
function events() {
  const now = Date.now();
  return Array.from({ length: EVENTS }, (_, index) => {
    const event = { kind: 'commit', agent: AGENTS[index % AGENTS.length], id: index.toString(16).padStart(40, '0'), at: now - (EVENTS - index) * 10_000 };
    return `\u001e${JSON.stringify(event)}\n`;
  }).join('');
}
