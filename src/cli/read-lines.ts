/** Lines typed or piped in, one at a time. */
export interface Lines {
  /** Null at the end of the input. */
  next(): Promise<string | null>;
  close(): void;
}

/** Reads standard input by lines; what was piped in is kept until it is asked for. */
export async function readLines(): Promise<Lines> {
  const { createInterface } = await import('node:readline');
  // The terminal stays as it is, so that Ctrl-C ends the command as it ends any other.
  const reader = createInterface({ input: process.stdin, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  return {
    next: async () => {
      const line = await lines.next();
      return line.done === true ? null : line.value;
    },
    close: () => {
      reader.close();
      process.stdin.unref?.();
    },
  };
}
