/** Where progress is shown: a terminal, on which one line is rewritten, or a log, which gets a line now and then. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressLine {
  show(text: string): void;
  /** Clears the line on a terminal; a log gets the last step where it was left out. */
  end(): void;
}

/** How many of all steps are done, and of what, as text. */
export const countedSteps =
  (show: (text: string) => void) =>
  (done: number, all: number, what: string): void =>
    show(`[${done}/${all}] ${what}`);

const CLEAR = '\r\u001b[K';

/**
 * @param interval Least time between two lines of a log, in milliseconds; what comes sooner is left out.
 */
export function progressLine(stream: ProgressStream, interval = 0): ProgressLine {
  if (stream.isTTY) return { show: (text) => stream.write(`${CLEAR}${text}`), end: () => stream.write(CLEAR) };
  let next = 0;
  let leftOut: string | undefined;
  return {
    show: (text) => {
      const now = performance.now();
      leftOut = now < next ? text : undefined;
      if (leftOut !== undefined) return;
      next = now + interval;
      stream.write(`${text}\n`);
    },
    end: () => {
      if (leftOut !== undefined) stream.write(`${leftOut}\n`);
      leftOut = undefined;
    },
  };
}
