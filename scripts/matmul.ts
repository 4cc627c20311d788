import { allOf, EXIT, UserError } from '../gen/base/errors.js';
import { parseWhole, programCommand, required, requireKnown } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { matmul } from './network/matmul.js';
import { matmulJson, matmulText } from './network/matmul-report.js';

function isWide(flag: string, bits: string): boolean {
  if (bits !== '4' && bits !== '8')
    throw new UserError(`${flag}: given ${bits}; must be 4 (the port's own types) or 8`);
  return bits === '8';
}

async function main(): Promise<number> {
  const program = programCommand('npm run matmul --')
    .description(
      "Multiply two real matrices on the simulated array of a design: quantise them with the design's types, run all tiles on Verilator, compare with the integer reference and with the real product.",
    )
    .option('--design <folder>', 'required: folder of the design')
    .option('--a <file>', 'required: activations, M x K: .npy of float16, float32 or float64')
    .option('--w <file>', 'required: weights, K x N: .npy of float16, float32 or float64')
    .option('--a-bits <4|8>', "8: quantise activations to the design's 8-bit integers (--wide-activations)", '4')
    .option('--w-bits <4|8>', "8: quantise weights to the design's 8-bit integers (--wide-weights)", '4')
    .option('--out <file>', 'where to write the product, M x N float64 (default: C.npy beside the activations)')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 bit-exact and in as many cycles as modelled, 1 not so, 2 wrong request or input, 3 a tool is missing.',
    );
  parseWhole(program);
  const { json = false, ...request } = program.opts();
  const [, design, a, w, wideA, wideW] = allOf([
    () => requireKnown(program),
    () => required<string>('--design', request.design),
    () => required<string>('--a', request.a),
    () => required<string>('--w', request.w),
    () => isWide('--a-bits', request.aBits),
    () => isWide('--w-bits', request.wBits),
  ]);
  const report = await matmul({
    design,
    a,
    w,
    wide: { a: wideA, w: wideW },
    ...(request.out === undefined ? {} : { out: request.out }),
    progress: (message) => process.stderr.write(`matmul: ${message}\n`),
  });
  process.stdout.write(json ? matmulJson(report) : matmulText(report));
  return report.exact && report.cycles === report.modelCycles ? EXIT.done : EXIT.checkFailed;
}

await runProgram(main);
