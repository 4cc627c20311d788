/** Called as each step of a measurement ends. */
export type OnProgress = (done: number, all: number, what: string) => void;

/** Counts the steps of a measurement as they end. */
export function stepCounter(all: number, onProgress: OnProgress): (what: string) => void {
  let done = 0;
  return (what) => {
    done += 1;
    onProgress(done, all, what);
  };
}
