import type { Feed } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import { openSession } from '../onnx/session.js';
import { type Comparison, OutputComparison, type Task } from './output-figures.js';

/** Samples on which the error of the outputs is measured. */
const OUTPUT_SAMPLES = 128;

export interface OutputRequest {
  readonly model: OnnxModel;
  readonly quantised: OnnxModel;
  /** Of these the first ones are taken. */
  readonly feed: Feed;
  /** Samples run at once. */
  readonly batch: number;
  readonly task?: Task;
}

/** How far the quantised network's outputs are from the original's. */
export async function outputError({ model, quantised, feed, batch, task }: OutputRequest): Promise<Comparison> {
  const each = feed.fixed ?? 1;
  const some = feed.part(0, Math.ceil(OUTPUT_SAMPLES / each) * each);
  const wanted = await openSession(model);
  const got = await openSession(quantised);
  const comparison = new OutputComparison(model.outputs, task);
  try {
    for (const { inputs, samples } of some.runs(batch)) {
      comparison.add(await wanted.run(inputs), await got.run(inputs), samples);
    }
  } finally {
    await wanted.close();
    await got.close();
  }
  return comparison.result();
}
