/**
 * A process that runs the WebAssembly Yosys, one job after the other, until its parent leaves: a run blocks its process,
 * and only the first ones have to compile the program (a small module takes 1.5 s at first, 0.2 s from the third on).
 */
import { Exit, runYosys, type Tree } from '@yowasp/yosys';
import type { TextFiles, YosysOutcome } from './interface.js';

export interface WasmJob {
  readonly script: string;
  readonly inputs: TextFiles;
  readonly wanted: readonly string[];
}

const SCRIPT = 'script.ys';
const LOG = 'yosys.log';

function toTree(files: TextFiles): Tree {
  const root: Tree = {};
  for (const [path, text] of Object.entries(files)) {
    const folders = path.split('/');
    const name = folders.pop() as string;
    let place = root;
    for (const folder of folders) {
      place[folder] ??= {};
      place = place[folder] as Tree;
    }
    place[name] = text;
  }
  return root;
}

const decoder = new TextDecoder();

function textOf(content: Tree[string] | undefined): string | undefined {
  if (typeof content === 'string') return content;
  return content instanceof Uint8Array ? decoder.decode(content) : undefined;
}

async function run({ script, inputs, wanted }: WasmJob): Promise<YosysOutcome> {
  let printed = '';
  const print = (bytes: Uint8Array | null): void => {
    printed += bytes === null ? '' : decoder.decode(bytes);
  };
  let exitCode = 0;
  let tree: Tree;
  try {
    const files = toTree({ ...inputs, [SCRIPT]: script });
    tree = (await runYosys(['-q', '-l', LOG, '-s', SCRIPT], files, { stdout: print, stderr: print })) ?? {};
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    exitCode = error.code;
    tree = error.files;
  }
  const files = wanted.flatMap((file) => {
    const text = textOf(tree[file]);
    return text === undefined ? [] : [[file, text]];
  });
  return { exitCode, log: textOf(tree[LOG]) ?? printed, files: Object.fromEntries(files) };
}

process.on('message', async (job: WasmJob) => {
  process.send?.(await run(job));
});
