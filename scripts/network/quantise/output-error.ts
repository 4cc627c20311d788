import type { OnnxModel } from '../onnx/model.js';
import { batches, firstSamples, type Samples } from '../onnx/samples.js';
import { openSession } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';

/** Samples on which the error of the outputs is measured. */
const OUTPUT_SAMPLES = 128;

/** The batches on which the error of the outputs is measured: the first samples. */
export function outputInputs(samples: Samples, { input }: OnnxModel, batch: number): readonly FloatTensor[] {
  return [...batches(firstSamples(samples, OUTPUT_SAMPLES), input, batch)];
}

/** How far the quantised network's outputs are from the original's: squared error over squares. */
export async function outputError(
  model: OnnxModel,
  quantised: OnnxModel,
  inputs: readonly FloatTensor[],
): Promise<number> {
  const wanted = await openSession(model);
  const got = await openSession(quantised);
  let error = 0;
  let squares = 0;
  try {
    for (const input of inputs) {
      const [reference, rounded] = [await wanted.run(input), await got.run(input)];
      for (const name of model.outputs) {
        const [x, y] = [reference.get(name) as FloatTensor, rounded.get(name) as FloatTensor];
        for (let i = 0; i < x.data.length; i++) {
          const value = x.data[i] as number;
          const difference = (y.data[i] as number) - value;
          error += difference * difference;
          squares += value * value;
        }
      }
    }
  } finally {
    await wanted.close();
    await got.close();
  }
  return squares === 0 ? 0 : error / squares;
}
