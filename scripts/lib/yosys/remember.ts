import { sha256 } from '../../../gen/manifest.js';
import type { TextFiles, Yosys, YosysOutcome } from '../yosys.js';

/**
 * A Yosys that runs a script only once on the same Verilog: designs that are compared share most of their modules, down to
 * the comments, which name the configuration and are not part of what counts.
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
      return run;
    },
  };
}

/** The comments go and their lines stay, because messages count lines. */
function withoutComments(files: TextFiles): [string, string][] {
  return Object.entries(files).map(([path, text]) => [
    path,
    path.endsWith('.v') ? text.replace(/^[ \t]*\/\/.*$/gm, '') : text,
  ]);
}
