import { UserError } from '../../../gen/base/errors.js';
import type { Feed } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import { openInside } from '../onnx/session.js';
import { floatsOf } from '../onnx/value.js';

/** Size and values of a tensor over all samples. */
export interface Range {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Runs the network in floating point.
 *
 * @throws UserError for a tensor that is not samples x channels, or samples x channels x height x width.
 */
export async function rangesOf(
  model: OnnxModel,
  tensors: readonly string[],
  feed: Feed,
  batch: number,
): Promise<ReadonlyMap<string, Range>> {
  const ranges = new Map<string, Range>();
  const session = await openInside(model, tensors);
  try {
    for (const { inputs } of feed.runs(batch)) {
      const values = new Map([...inputs, ...(await session.run(inputs))]);
      for (const name of tensors) {
        const { shape, data } = floatsOf(values.get(name), name);
        const [, channels = 1, height = 1, width = 1] = shape;
        if (shape.length !== 2 && shape.length !== 4) {
          throw new UserError(
            `${name} has the shape (${shape.join(', ')}); the engine takes images and rows of channels`,
          );
        }
        let { least, greatest } = ranges.get(name) ?? {
          least: Number.POSITIVE_INFINITY,
          greatest: Number.NEGATIVE_INFINITY,
        };
        for (const value of data) {
          if (value < least) least = value;
          if (value > greatest) greatest = value;
        }
        ranges.set(name, { channels, height, width, least, greatest });
      }
    }
  } finally {
    await session.close();
  }
  return ranges;
}
