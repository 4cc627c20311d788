import type { OnnxModel } from '../onnx/model.js';
import { batches, type Samples } from '../onnx/samples.js';
import { openSession } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';

/** The class with the largest score, for each sample of a batch of scores. */
export function decisions({ shape, data }: FloatTensor): number[] {
  const classes = shape.at(-1) as number;
  return Array.from({ length: data.length / classes }, (_, sample) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((data[sample * classes + c] as number) > (data[sample * classes + best] as number)) best = c;
    }
    return best;
  });
}

/** Runs a classifier on all samples: a class each. */
export async function classify(
  model: OnnxModel,
  samples: Samples,
  batch: number,
  progress: (done: number) => void = () => {},
): Promise<number[]> {
  const session = await openSession(model);
  const classes: number[] = [];
  try {
    for (const input of batches(samples, model.input, batch)) {
      const scores = (await session.run(input)).get(model.outputs[0] as string) as FloatTensor;
      classes.push(...decisions(scores));
      progress(classes.length);
    }
  } finally {
    await session.close();
  }
  return classes;
}

/** Share of classes that are the labels, in percent. */
export function percentRight(classes: readonly number[], labels: ArrayLike<number>): number {
  return (100 * classes.filter((value, i) => value === labels[i]).length) / classes.length;
}
