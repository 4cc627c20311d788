import { relative, resolve } from 'node:path';
import { EXIT } from '../gen/base/errors.js';
import { parseWhole, programCommand, requireKnown, requireNamed } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { requireFolderTarget } from '../gen/base/target.js';
import { GENERATOR } from '../gen/base/version.js';
import { buildPackage } from './tools/package.js';

async function main(): Promise<number> {
  const program = programCommand('npm run build --')
    .description(
      'Build the npm package: plain JavaScript with types, the program ant-rtl, templates, test benches and models. npm pack FOLDER makes the tarball.',
    )
    .option('--out <folder>', 'folder of the package, which is emptied before', 'build/package')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request, 3 TypeScript is missing or refuses.');
  parseWhole(program);
  const { out, json } = program.opts();
  requireKnown(program);
  requireNamed('--out', out);
  requireFolderTarget(out, '--out');
  const files = await buildPackage(resolve(out));
  const folder = relative(process.cwd(), resolve(out)) || '.';
  process.stdout.write(
    json ? `${JSON.stringify({ folder, package: GENERATOR, files })}\n` : `${folder}: ${GENERATOR}, ${files} files\n`,
  );
  return EXIT.done;
}

await runProgram(main);
