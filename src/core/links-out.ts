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

/** The path of a tree that a symbolic link in it leads to, `''` for the top, by the words of its target alone; null where that is out of the tree. */
export function linkedPath(path: string, target: string): string | null {
  if (leadsOut(path, target)) return null;
  const at: string[] = [];
  for (const part of [...path.split('/').slice(0, -1), ...target.split('/')]) {
    if (part === '..') at.pop();
    else if (part !== '' && part !== '.') at.push(part);
  }
  return at.join('/');
}
