import type { Feed } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import { openSession } from '../onnx/session.js';
import { floatsOf, type Values } from '../onnx/value.js';
import { decisions } from '../quantise/classify.js';
import type { CompiledNetwork } from './compile.js';
import { type Codes, evaluate } from './evaluate.js';
import { integersOf } from './integer-model.js';
import type { View } from './layers.js';
import { codesOf, inputCodes } from './network-of.js';
import { openReference } from './run.js';
import type { WholeInteger } from './whole-integer.js';

/** A compiled network in the reference simulator, beside plain arithmetic and the fake-quantised network. */
export interface CompileCheck {
  readonly samples: number;
  /** Codes of all tensors compared with plain integer arithmetic and with standard operators, and those that differ. */
  readonly codes: number;
  readonly wrongCodes: number;
  /** The first code that differs, or why a job ended with an error. */
  readonly mismatch?: string;
  /** Samples with the same largest output as the fake-quantised network. */
  readonly agreeing: number;
  /** Samples classified right, by this network and by the fake-quantised one, where classes are known. */
  readonly right?: { readonly integer: number; readonly fakeQuantised: number };
}

/**
 * Runs a compiled network on samples in the reference simulator, up to the first that differs. What the host does between
 * jobs runs in ONNX Runtime.
 */
export async function checkCompiled(
  compiled: CompiledNetwork,
  { model, shared }: WholeInteger,
  quantised: OnnxModel,
  feed: Feed,
  labels: ArrayLike<number> | undefined,
  progress: (message: string) => void,
): Promise<CompileCheck> {
  const { network, machine, images } = compiled;
  const { views } = shared;
  const run = openReference(compiled);
  const [logits] = quantised.outputs as [string];
  const stored = [...views.values()].map((view) => integersOf(view.stored));
  const host = network.inputs.map((name) => (views.get(name) as View).tensor);
  const onHost = await openSession(model, [...new Set([...stored, ...host])]);
  const rounded = await openSession(quantised);
  // Ties of the network in standard operators go to the larger value.
  const known = machine.rounding === 'up' ? network.tensors : [];
  let [samples, codes, wrongCodes, agreeing, right, fakeRight] = [0, 0, 0, 0, 0, 0];
  let mismatch: string | undefined;
  try {
    let group: Sample[] = [];
    for (const { inputs } of feed.runs(1)) {
      const values = new Map([...inputs, ...(await onHost.run(inputs))]);
      const [fake] = decisions(floatsOf((await rounded.run(inputs)).get(logits), logits));
      group.push({ values, given: inputCodes(shared, (tensor) => floatsOf(values.get(tensor), tensor)), fake });
      if (group.length < images && samples + group.length < feed.count) continue;
      const result = run(...group.map(({ given }) => given));
      if (result.job.error !== 'none') {
        const { error, command, message } = result.job;
        throw new Error(`the reference simulator ends with the error ${error} at command ${command}: ${message}`);
      }
      group.forEach((sample, image) => {
        compareSample(sample, (name) => result.codesOf(name, image));
      });
      group = [];
      progress(`${samples} of ${feed.count} samples`);
      if (wrongCodes > 0) break;
    }
  } finally {
    await onHost.close();
    await rounded.close();
  }
  return {
    ...{ samples, codes, wrongCodes, agreeing },
    ...(mismatch === undefined ? {} : { mismatch }),
    ...(labels ? { right: { integer: right, fakeQuantised: fakeRight } } : {}),
  };

  function compareSample({ values, given, fake }: Sample, found: (tensor: string) => Uint8Array): void {
    const compare = (name: string, wanted: ArrayLike<number>, what: string): void => {
      const got = found(name);
      const wrong = [...got.keys()].filter((at) => got[at] !== wanted[at]);
      wrongCodes += wrong.length;
      const [at] = wrong;
      if (at !== undefined)
        mismatch ??= `sample ${samples}, ${name}[${at}]: expected ${wanted[at]} by ${what}, got ${got[at]}`;
    };
    const expected = evaluate(network, given, machine.rounding);
    for (const { name } of network.tensors) {
      if (network.inputs.includes(name)) continue;
      const wanted = expected.get(name) as ArrayLike<number>;
      codes += wanted.length;
      compare(name, wanted, 'plain arithmetic');
    }
    for (const tensor of known) {
      if (network.inputs.includes(tensor.name)) continue;
      const view = views.get(tensor.name) as View;
      const integers = integersOf(view.stored);
      compare(
        tensor.name,
        codesOf({ ...tensor, scale: 1 }, view, floatsOf(values.get(integers), integers)),
        'standard operators',
      );
    }
    const [decision] = decisions(floatsOf(values.get(logits), logits));
    if (decision === fake) agreeing++;
    if (labels && decision === labels[samples]) right++;
    if (labels && fake === labels[samples]) fakeRight++;
    samples++;
  }
}

/** A sample: tensors of the network, codes of the inputs, and the class by the fake-quantised network. */
interface Sample {
  readonly values: Values;
  readonly given: Codes;
  readonly fake: number | undefined;
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
