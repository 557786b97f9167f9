/**
 * Whether a symbolic link at this path of a tree leads out of it, or into the `.git` at its top, by the words of its
 * target: links on the way are not followed.
 */
export function leadsOut(path: string, target: string): boolean {
  if (target.startsWith('/')) return true;
  const at = path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') at.push(part);
    else if (at.pop() === undefined) return true;
  }
  return at[0]?.toLowerCase() === '.git';
}
