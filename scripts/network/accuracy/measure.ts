import type { LabelledImages } from '../onnx/fashion.js';
import { feedOf } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import type { Samples } from '../onnx/samples.js';
import { classify, percentRight } from '../quantise/classify.js';
import { quantiseNetwork } from '../quantise/network.js';
import { averageBits, type LayerPlan, secondType } from '../quantise/plan.js';
import type { Scheme } from './schemes.js';

/** A network and the data it is measured on. */
export interface Subject {
  readonly name: string;
  readonly model: OnnxModel;
  readonly calibration: Samples;
  readonly test: LabelledImages;
}

/** A row of the accuracy table. */
export interface AccuracyRow {
  readonly scheme: string;
  /** Percent of the test images classified right. */
  readonly top1: number;
  /** Percent classified like the network in floating point does. */
  readonly likeFloat: number;
  /** Average width of the operands' elements. */
  readonly bits: number;
  /** How many operands have each type. */
  readonly types: Readonly<Record<string, number>>;
}

/** Test images run at once. */
const BATCH = 100;

/** Accuracy of a network in floating point and under each scheme; calibration images are never test images. */
export async function measure(
  { name, model, calibration, test }: Subject,
  schemes: readonly Scheme[],
  progress: (message: string) => void,
): Promise<AccuracyRow[]> {
  const classesOf = (network: OnnxModel, title: string): Promise<number[]> =>
    classify(network, feedOf(network, test.images), BATCH, (done) =>
      progress(`${name}, ${title}: ${done} test images`),
    );
  const float = await classesOf(model, 'fp32');
  const rows: AccuracyRow[] = [
    { scheme: 'fp32', top1: percentRight(float, test.labels), likeFloat: 100, bits: 32, types: {} },
  ];
  for (const { name: scheme, options } of schemes) {
    const network = await quantiseNetwork(model, calibration, options, (message) =>
      progress(`${name}, ${scheme}: ${message}`),
    );
    const classes = await classesOf(network.quantised, scheme);
    rows.push({
      scheme,
      top1: percentRight(classes, test.labels),
      likeFloat: percentRight(classes, float),
      bits: averageBits(network.plan.layers, network.calibration.feed.count),
      types: typeCounts(network.plan.layers),
    });
  }
  return rows;
}

function typeCounts(layers: readonly LayerPlan[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const layer of layers) {
    for (const { name } of [layer.activation.type, secondType(layer)]) {
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}
