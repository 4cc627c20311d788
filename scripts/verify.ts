import { InvalidArgumentError } from 'commander';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { verifyAll } from './verify/verify.js';

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('must be a non-negative integer');
  return value;
};

async function main(): Promise<number> {
  const program = programCommand('npm run verify --')
    .description('Verify generated Verilog against the reference model on Verilator.')
    .option('--design <folder...>', 'design folders to verify (default: a matrix of designs, generated for it)')
    .option('--seed <n>', 'seed of the random vectors', positive, 1)
    .option('--trace', 'write FST waveforms of the failing (or else a stalled) run to build/traces')
    .option('--coverage', 'count which lines run and which bits change in each module; many times slower')
    .option('--json', 'print the verdicts as JSON')
    .addHelpText('after', '\nExit codes: 0 verified, 1 a check failed, 2 wrong request, 3 a tool is missing or broke.')
    .allowExcessArguments(false);
  program.parse();
  const { design, seed, trace = false, coverage = false, json = false } = program.opts();
  return verifyAll({ designs: design, seed, trace, coverage, json });
}

await runProgram(main);
