import type { LoadedNetwork } from '../infer/load.js';
import type { Feed } from '../onnx/feed.js';
import { openSession } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import { floatsOf } from '../onnx/value.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { decisions } from '../quantise/classify.js';
import type { CompiledNetwork } from './compile.js';
import { evaluate } from './evaluate.js';
import { tensorOf } from './network.js';
import { inputCodes } from './network-of.js';
import { openReference } from './run.js';

/** A compiled network in the reference simulator, beside plain arithmetic and the fake-quantised network. */
export interface CompileCheck {
  readonly samples: number;
  /** Codes of all tensors compared with plain integer arithmetic, and those that differ. */
  readonly codes: number;
  readonly wrongCodes: number;
  /** The first code that differs, or why a job ended with an error. */
  readonly mismatch?: string;
  /** Samples with the same largest output as the fake-quantised network. */
  readonly agreeing: number;
  /** Samples classified right, by this network and by the fake-quantised one, where classes are known. */
  readonly right?: { readonly integer: number; readonly fakeQuantised: number };
}

/** Runs a compiled network on samples in the reference simulator, up to the first that differs. */
export async function checkCompiled(
  compiled: CompiledNetwork,
  { quantised }: LoadedNetwork,
  feed: Feed,
  labels: ArrayLike<number> | undefined,
  progress: (message: string) => void,
): Promise<CompileCheck> {
  const { network, machine } = compiled;
  const run = openReference(compiled);
  const session = await openSession(quantised);
  const [output] = network.outputs as [string];
  const [logits] = quantised.outputs as [string];
  let [samples, codes, wrongCodes, agreeing, right, fakeRight] = [0, 0, 0, 0, 0, 0];
  let mismatch: string | undefined;
  try {
    for (const one of feed.runs(BATCH)) {
      const fake = decisions(floatsOf((await session.run(one.inputs)).get(logits), logits));
      for (const [i, inputs] of inputCodes(network, one).entries()) {
        const result = run(inputs);
        if (result.job.error !== 'none') {
          const { error, command, message } = result.job;
          throw new Error(`the reference simulator ends with the error ${error} at command ${command}: ${message}`);
        }
        const expected = evaluate(network, inputs, machine.rounding);
        for (const { name } of network.tensors) {
          if (network.inputs.includes(name)) continue;
          const [got, wanted] = [result.codesOf(name), expected.get(name) as ArrayLike<number>];
          codes += got.length;
          const wrong = [...got.keys()].filter((at) => got[at] !== wanted[at]);
          wrongCodes += wrong.length;
          const [at] = wrong;
          if (at !== undefined)
            mismatch ??= `sample ${samples}, ${name}[${at}]: expected ${wanted[at]}, got ${got[at]}`;
        }
        const [decision] = decisions(valuesOf(tensorOf(network, output).type, result.codesOf(output)));
        if (decision === fake[i]) agreeing++;
        if (labels && decision === labels[samples]) right++;
        if (labels && fake[i] === labels[samples]) fakeRight++;
        samples++;
        progress(`${samples} of ${feed.count} samples`);
      }
      if (wrongCodes > 0) break;
    }
  } finally {
    await session.close();
  }
  return {
    ...{ samples, codes, wrongCodes, agreeing },
    ...(mismatch === undefined ? {} : { mismatch }),
    ...(labels ? { right: { integer: right, fakeQuantised: fakeRight } } : {}),
  };
}

const BATCH = 20;

/** A row of codes as numbers. */
function valuesOf(type: string, codes: ArrayLike<number>): FloatTensor {
  const values = codeValues(numericType(type));
  return { shape: [codes.length], data: Float32Array.from(codes, (code) => Number(values[code])) };
}

export function checkText({ samples, codes, wrongCodes, mismatch, agreeing, right }: CompileCheck): string {
  const lines = [
    wrongCodes === 0
      ? `PASS reference simulator: ${codes} codes of ${samples} samples equal plain integer arithmetic`
      : `FAIL reference simulator: ${wrongCodes} of ${codes} codes of ${samples} samples differ; first ${mismatch}`,
    `same class as the fake-quantised network: ${agreeing} of ${samples}`,
    ...(right ? [`right: ${right.integer} of ${samples}; fake-quantised ${right.fakeQuantised}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
