import { describe, expect, it } from 'vitest';
import { type RandomNetwork, RandomReals } from '../../../../scripts/network/random/graph.js';
import { RANDOM_NETWORKS } from '../../../../scripts/network/random/networks.js';

const built = (name: string): RandomNetwork => (RANDOM_NETWORKS.get(name) as (seed: number) => RandomNetwork)(1);

const count = ({ proto }: RandomNetwork, opType: string): number =>
  (proto.graph?.node ?? []).filter((node) => node.opType === opType).length;

const parameters = ({ proto }: RandomNetwork): number =>
  (proto.graph?.initializer ?? []).reduce((sum, { dims }) => sum + dims.map(Number).reduce((a, b) => a * b, 1), 0);

describe('networks with random weights', () => {
  it('MobileNet-v2 has its layers and, without batch normalisation, its parameters', () => {
    const network = built('mobilenetv2');
    expect([count(network, 'Conv'), count(network, 'Add'), count(network, 'Gemm')]).toEqual([52, 10, 1]);
    // 3,504,872 are published, of which batch normalisation has 34,112; a bias of each of its 17,056 channels, and two bounds.
    expect(parameters(network)).toBe(3_504_872 - 34_112 + 17_056 + 2);
  });

  it('a block of BERT-base has eight products of its own, beside pooler and classifier', () => {
    const network = built('bert-base-block');
    expect([count(network, 'MatMul'), count(network, 'Softmax'), count(network, 'Erf')]).toEqual([8 + 2, 1, 1]);
  });

  it('have the same weights for the same seed, of the deviation asked for', () => {
    const [one, same, other] = [3, 3, 4].map((seed) => [...new RandomReals(seed).tensor([1001], 2).data]) as [
      number[],
      number[],
      number[],
    ];
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    const deviation = Math.sqrt(one.reduce((sum, value) => sum + value * value, 0) / one.length);
    expect(Math.abs(deviation - 2)).toBeLessThan(0.15);
  });
});
