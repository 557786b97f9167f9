import { refusal } from '../core/errors.ts';
import { escapeText, truncate } from '../core/text.ts';

/** The one thing whose id begins so, an exact id before all. `what` names it in errors: `unknown-<what>`, `ambiguous-<what>`. */
export function oneByPrefix<Thing extends { readonly id: string }>(things: Iterable<Thing>, id: string, what: string, list: string): Thing {
  const found = [...things].filter((thing) => thing.id.startsWith(id));
  const exact = found.find((thing) => thing.id === id) ?? (found.length === 1 ? found[0] : undefined);
  const shown = truncate(escapeText(id), 80);
  if (found.length === 0 || id === '') throw refusal(`unknown-${what}`, `there is no ${what} "${shown}"`, list);
  if (exact === undefined) throw refusal(`ambiguous-${what}`, `"${shown}" begins the ids of ${found.length} ${what}s`, `give more of it: ${found.map((one) => one.id).join(', ')}`);
  return exact;
}
