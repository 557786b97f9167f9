/** One value of a git setting; a key with several values has several of these. */
export interface Setting {
  /** As `git config --list` writes it: section and variable in lower case. */
  readonly key: string;
  readonly value: string;
}

/** Settings whose value is a command, a program, or a file of more settings. The subsection stands between the dots. */
const ALWAYS: readonly RegExp[] = [
  /^core\.(hookspath|sshcommand|editor|pager|gitproxy|askpass|alternaterefscommand)$/,
  /^(sequence\.editor|interactive\.difffilter|diff\.external|gpg\.program|imap\.tunnel|init\.templatedir)$/,
  /^(uploadpack\.packobjectshook|gc\.recentobjectshook|extensions\.worktreeconfig|sendemail\.(.*\.)?\w*cmd)$/,
  /^(include|includeif\..*)\.path$/,
  /^alias\./,
  /^credential\.(.*\.)?helper$/,
  /^filter\..*\.(clean|smudge|process)$/,
  /^merge\..*\.driver$/,
  /^diff\..*\.(command|textconv)$/,
  /^(difftool|mergetool|guitool|browser|man)\..*\.(cmd|path)$/,
  /^gpg\..*\.(program|defaultkeycommand)$/,
  /^hook\..*\.command$/,
  /^remote\..*\.(uploadpack|receivepack|vcs)$/,
  /^tar\..*\.command$/,
  /^trailer\..*\.(command|cmd)$/,
  /^lfs\.(customtransfer\..*\.path|extension\..*\.(clean|smudge))$/,
];

/** Settings that are a switch as well: only another value names a program. */
const UNLESS_SWITCH: readonly RegExp[] = [/^core\.fsmonitor$/, /^pager\./];

const SWITCH = /^(true|false|yes|no|on|off|\d+|)$/i;

/** Whether git may start a program because of this setting. */
export function canExecute({ key, value }: Setting): boolean {
  if (ALWAYS.some((rule) => rule.test(key))) return true;
  if (UNLESS_SWITCH.some((rule) => rule.test(key))) return !SWITCH.test(value);
  if (/^submodule\..*\.update$/.test(key)) return value.startsWith('!');
  // The ext transport runs its address as a command (git-remote-ext(1)).
  if (/^remote\..*\.(push)?url$/.test(key)) return value.startsWith('ext::');
  if (/^url\..*\.(pushinsteadof|insteadof)$/.test(key)) return key.startsWith('url.ext::');
  return key === 'protocol.ext.allow' && value !== 'never';
}

/** The settings that can execute and were not there, or had another value, when the baseline was recorded. */
export function newExecutables(baseline: readonly Setting[], now: readonly Setting[]): Setting[] {
  const known = new Set(baseline.map(identity));
  return now.filter((setting) => canExecute(setting) && !known.has(identity(setting)));
}

function identity({ key, value }: Setting): string {
  return `${key}\n${value}`;
}
