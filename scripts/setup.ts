import type { Command } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { setUp } from './tools/setup/setup.js';

function command(): Command {
  return programCommand('npm run setup --')
    .description(
      'Install the tools that verification and the area report run: Verilator, Yosys, Icarus Verilog, a C++ compiler, make, ccache, nextpnr for iCE40, icepack, OpenSTA, Chromium and qflow, and Fashion-MNIST, with which networks are tested. Does nothing where they are present; prints the commands where it cannot install.',
    )
    .option('--dry-run', 'only say what would be run')
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request, 3 a tool could not be installed.')
    .allowExcessArguments(false);
}

async function main(): Promise<number> {
  const program = command();
  program.parse();
  await setUp({ dryRun: program.opts().dryRun === true, print: (text) => process.stdout.write(`${text}\n`) });
  return EXIT.done;
}

await runProgram(main);
