import { sha256 } from '../../../gen/design/manifest.js';
import type { TextFiles, Yosys, YosysOutcome } from './interface.js';

/**
 * A Yosys that runs a script only once on the same Verilog: designs that are compared share most of their modules, down to
 * the comments, which name the configuration and are not part of what counts. Long results, such as an elaborated array, which
 * fill the memory and are seldom shared, are not kept.
 */
export function rememberingYosys(yosys: Yosys): Yosys {
  const known = new Map<string, Promise<YosysOutcome>>();
  return {
    ...yosys,
    execute(script, inputs, wanted) {
      const key = sha256(JSON.stringify([script, withoutComments(inputs), wanted]));
      const found = known.get(key);
      if (found) return found;
      const run = yosys.execute(script, inputs, wanted);
      known.set(key, run);
      const forgetLong = (outcome: YosysOutcome): void => {
        if (lengthOf(outcome) > LONGEST_KEPT) known.delete(key);
      };
      run.then(forgetLong, () => {});
      return run;
    },
  };
}

/** Characters of a result that is kept, at most. */
const LONGEST_KEPT = 2 ** 20;

const lengthOf = ({ log, files }: YosysOutcome): number =>
  Object.values(files).reduce((length, text) => length + text.length, log.length);

/**
 * Lines of nothing but a comment go and stay as empty lines, because messages count lines. Comments that Yosys obeys stay,
 * and so does everything where block comments may hold the lines.
 */
function withoutComments(files: TextFiles): [string, string][] {
  return Object.entries(files).map(([path, text]) => [
    path,
    path.endsWith('.v') && !text.includes('/*') ? text.replace(IDLE_COMMENTS, '') : text,
  ]);
}

const IDLE_COMMENTS = /^[ \t]*\/\/(?![ \t]*(?:synopsys|synthesis)\b).*$/gm;
