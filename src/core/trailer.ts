import { fillTemplate } from './config.ts';
import type { AgentId } from './ids.ts';

/** The commit trailer that names an agent, from its template; without a model the place and the separator before it go. */
export function trailerFor(template: string, agent: AgentId, model: string | null): string {
  if (model !== null) return fillTemplate(template, { agent, model });
  return fillTemplate(withoutModel(template), { agent });
}

/** The template for an agent without a model: its place and the separator before it are gone. */
export function withoutModel(template: string): string {
  return template.replace(/[\s:/@-]*\(?\{model\}\)?/g, '');
}

/** The message with a trailer line added, once: to the paragraph of trailers that ends it, else as one of its own (git-interpret-trailers(1)). */
export function withTrailerLine(message: string, line: string): string {
  // Not trimEnd: in bytes a letter may end in what is white space as a character.
  const text = message.replace(/[ \t\r\n]+$/, '');
  if (text === '') return message;
  const paragraph = text.slice(text.lastIndexOf('\n\n') + 2);
  const ends = text.includes('\n\n') && paragraph.split('\n').every((entry) => /^[A-Za-z0-9-]+: \S|^\s+\S/.test(entry));
  if (ends && paragraph.split('\n').includes(line)) return message;
  return `${text}${ends ? '\n' : '\n\n'}${line}\n`;
}
