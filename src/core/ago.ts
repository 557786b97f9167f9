const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago something was, in a few characters: `just now`, `5 min ago`, `3 h ago`, `12 days ago`. */
export function ago(milliseconds: number): string {
  if (milliseconds < MINUTE) return 'just now';
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min ago`;
  if (milliseconds < DAY) return `${Math.floor(milliseconds / HOUR)} h ago`;
  const days = Math.floor(milliseconds / DAY);
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

/** How long something has lasted: `40 s`, `5 min`, `3 h`, `12 days`. */
export function lasting(milliseconds: number): string {
  return milliseconds < MINUTE ? `${Math.max(0, Math.floor(milliseconds / 1000))} s` : ago(milliseconds).replace(/ ago$/, '');
}
