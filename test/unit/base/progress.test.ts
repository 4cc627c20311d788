import { describe, expect, it } from 'vitest';
import { progressLine } from '../../../gen/base/progress.js';

const HOUR = 3_600_000;

/** What is written when steps are shown one right after the other and the end comes twice, as after a failure. */
function written(steps: readonly string[], isTTY: boolean, interval: number): string[] {
  const texts: string[] = [];
  const line = progressLine({ isTTY, write: (text) => texts.push(text) }, interval);
  for (const step of steps) line.show(step);
  line.end();
  line.end();
  return texts;
}

describe('progress', () => {
  it('in a log leaves out what comes too soon, but never the last step', () => {
    expect(written(['1', '2', '3'], false, HOUR)).toEqual(['1\n', '3\n']);
    expect(written(['1'], false, HOUR)).toEqual(['1\n']);
    expect(written(['1', '2', '3'], false, 0)).toEqual(['1\n', '2\n', '3\n']);
    expect(written([], false, HOUR)).toEqual([]);
  });

  it('on a terminal is one line, cleared at the end', () => {
    expect(written(['1', '2'], true, HOUR).slice(0, 3)).toEqual(['\r\u001b[K1', '\r\u001b[K2', '\r\u001b[K']);
  });
});
