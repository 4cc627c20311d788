import type { Feed } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import { openSession } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import { floatsOf } from '../onnx/value.js';

/** The class with the largest score, for each row of scores; NaN, which equals no class, where a score is NaN. */
export function decisions({ shape, data }: FloatTensor): number[] {
  const classes = shape.at(-1) as number;
  return Array.from({ length: data.length / classes }, (_, sample) => {
    const scores = data.subarray(sample * classes, (sample + 1) * classes);
    if (scores.some(Number.isNaN)) return Number.NaN;
    return scores.indexOf(Math.max(...scores));
  });
}

/** Runs a classifier on all samples: a class each, by its first output. */
export async function classify(
  model: OnnxModel,
  feed: Feed,
  batch: number,
  progress: (done: number) => void = () => {},
): Promise<number[]> {
  const session = await openSession(model);
  const classes: number[] = [];
  const output = model.outputs[0] as string;
  try {
    for (const { inputs } of feed.runs(batch)) {
      classes.push(...decisions(floatsOf((await session.run(inputs)).get(output), output)));
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
