import { mobilenetV2, resnet50 } from './convolutional.js';
import type { RandomNetwork } from './graph.js';
import { bertBase } from './transformer.js';

/** Known networks by shape; a seed gives the weights. */
export const RANDOM_NETWORKS: ReadonlyMap<string, (seed: number) => RandomNetwork> = new Map([
  ['resnet50', resnet50],
  ['mobilenetv2', mobilenetV2],
  ['bert-base', (seed) => bertBase(seed)],
  ['bert-base-block', (seed) => bertBase(seed, 1)],
]);
