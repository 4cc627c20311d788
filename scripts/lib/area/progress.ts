/** Where progress is shown: a terminal, on which one line is rewritten, or a log, which gets a line per step. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  show(text: string): void;
  /** Clears the line on a terminal. */
  end(): void;
}

const CLEAR = '\r\u001b[K';

export function progressLine(stream: ProgressStream): ProgressLine {
  return stream.isTTY
    ? { show: (text) => stream.write(`${CLEAR}${text}`), end: () => stream.write(CLEAR) }
    : { show: (text) => stream.write(`${text}\n`), end: () => {} };
}
