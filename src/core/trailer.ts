import { fillTemplate } from './config.ts';
import type { AgentId } from './ids.ts';

/** The commit trailer that names an agent, from its template; without a model the place and the separator before it go. */
export function trailerFor(template: string, agent: AgentId, model: string | null): string {
  if (model !== null) return fillTemplate(template, { agent, model });
  return fillTemplate(template.replace(/[\s:/@-]*\(?\{model\}\)?/g, ''), { agent });
}
