/**
 * Runs the WebAssembly Yosys like the native program: arguments are Yosys' own, files are those of the working
 * directory. A process of its own, because a run blocks its thread and keeps its memory.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Exit, runYosys, type Tree } from '@yowasp/yosys';

function readTree(folder: string): Tree {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? readTree(path) : readFileSync(path)];
    }),
  );
}

function writeTree(folder: string, tree: Tree, before: Tree): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(tree)) {
    const path = join(folder, name);
    if (content instanceof Uint8Array || typeof content === 'string') {
      if (!(name in before)) writeFileSync(path, content);
    } else writeTree(path, content, (before[name] as Tree | undefined) ?? {});
  }
}

const print = (stream: NodeJS.WriteStream) => (bytes: Uint8Array | null) => {
  if (bytes !== null) stream.write(bytes);
};

const before = readTree('.');
try {
  const after = await runYosys(process.argv.slice(2), before, {
    stdout: print(process.stdout),
    stderr: print(process.stderr),
  });
  writeTree('.', after ?? {}, before);
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  writeTree('.', error.files, before);
  process.exitCode = error.code;
}
