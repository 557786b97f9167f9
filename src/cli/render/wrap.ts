/** The text on lines of at most `room` characters, parted between words where that is possible. */
export function wrap(text: string, room: number): string[] {
  if (!Number.isFinite(room)) return [text];
  const most = Math.max(1, room);
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((word) => pieces(word, most))) {
    const line = lines.at(-1);
    if (line !== undefined && [...line].length + 1 + [...word].length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function pieces(word: string, most: number): string[] {
  const characters = [...word];
  return Array.from({ length: Math.ceil(characters.length / most) }, (_, index) => characters.slice(index * most, (index + 1) * most).join(''));
}
