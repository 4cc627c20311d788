import { EXIT } from '../gen/base/errors.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { requireFileTarget } from '../gen/base/target.js';
import { writeWhole } from '../gen/base/whole-file.js';
import { explorerPicture } from './sweep/explorer/picture.js';

async function main(): Promise<number> {
  const program = programCommand('npm run explorer:picture --')
    .description('Take the picture of docs/sweep.md: a page that npm run sweep -- --explorer wrote, in Chromium.')
    .argument('<page>', 'the page, HTML')
    .option('--view <address>', 'what stands behind the # of its address', '')
    .option('--out <file>', 'the picture, PNG', 'docs/explorer.png')
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request, 3 Chromium is missing or broke.')
    .allowExcessArguments(false)
    .parse();
  const [page = ''] = program.args;
  const { view, out } = program.opts<{ view: string; out: string }>();
  requireFileTarget(out, '--out');
  writeWhole(out, await explorerPicture(page, view), '--out');
  process.stdout.write(`${out}\n`);
  return EXIT.done;
}

await runProgram(main);
