/** Why git would refuse this as a branch's short name (git-check-ref-format(1), --branch) or misread it, or null. */
export function branchNameProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.startsWith('-')) return 'it begins with "-"';
  if (name === 'HEAD' || name === '@') return 'git reads it as the current commit';
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name)) return 'git does not allow spaces, control characters or any of ~ ^ : ? * [ \\ in it';
  if (name.includes('..')) return 'git does not allow ".." in it';
  if (name.includes('@{')) return 'git does not allow "@{" in it';
  if (name.endsWith('.')) return 'git does not allow it to end in "."';
  for (const part of name.split('/')) {
    if (part === '') return 'it begins or ends with "/" or has "//" in it';
    if (part.startsWith('.')) return 'git does not allow a part that begins with "."';
    if (part.endsWith('.lock')) return 'git does not allow a part that ends in ".lock"';
  }
  return null;
}

/**
 * Why a branch of this name should not be made, or null. Stricter than git, which allows names that a shell or a
 * terminal acts on: hints are there to be pasted.
 */
export function newBranchProblem(name: string): string | null {
  return branchNameProblem(name) ?? (/^[\p{L}\p{N}._/+@=,%-]+$/u.test(name) ? null : 'only letters, digits and . _ / + @ = , % - are safe to paste into a shell');
}
