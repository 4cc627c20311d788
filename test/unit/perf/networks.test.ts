import { expect, test } from 'vitest';
import { bitLists } from '../../../scripts/perf/data.js';
import { type Layer, macsOf, weightsOf } from '../../../scripts/perf/layer.js';
import { NETWORKS } from '../../../scripts/perf/networks/index.js';

/** Parameters of the reference implementations (torchvision, timm; BERT's encoder, pooler and classifier from its paper). */
const KNOWN: readonly [name: string, parameters: number, gmacs: number][] = [
  ['VGG16', 138_357_544, 15.47],
  ['ResNet18', 11_689_512, 1.814],
  ['ResNet50', 25_557_032, 4.089],
  ['InceptionV3', 23_834_568, 5.713],
  ['ViT', 86_567_656, 17.564],
  ['BERT-MNLI', 12 * 7_087_872 + 590_592 + 1_538, 11.174],
];

/** Parameters that do no multiply-accumulates: biases, scale and shift of normalisations, embeddings. */
function otherParameters(name: string, layers: readonly Layer[]): number {
  const outputs = (kind: Layer['kind']): number =>
    layers.reduce(
      (sum, layer) =>
        layer.kind !== kind
          ? sum
          : sum + (layer.kind === 'convolution' ? layer.outChannels : layer.kind === 'linear' ? layer.outFeatures : 0),
      0,
    );
  const normalised = ['ResNet18', 'ResNet50', 'InceptionV3'].includes(name);
  const linears = outputs('linear');
  if (name === 'ViT') return linears + outputs('convolution') + 768 + 197 * 768 + (12 * 4 + 2) * 768;
  if (name.startsWith('BERT')) return linears + 12 * 4 * 768;
  return linears + (normalised ? 2 : 1) * outputs('convolution');
}

test.each(KNOWN)('%s has the parameters and MACs it is known for', (name, parameters, gmacs) => {
  const layers = NETWORKS.get(name)?.().layers ?? [];
  const weights = layers.reduce((sum, layer) => sum + weightsOf(layer), 0);
  expect(weights + otherParameters(name, layers)).toBe(parameters);
  expect(layers.reduce((sum, layer) => sum + macsOf(layer), 0) / 1e9).toBeCloseTo(gmacs, 2);
});

test('layers fit each other: a convolution reads what is there, names are unique', () => {
  for (const build of NETWORKS.values()) {
    const { layers } = build();
    expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length);
    for (const layer of layers) {
      if (layer.kind !== 'convolution') continue;
      expect(Number.isInteger(layer.output.height) && layer.output.height > 0).toBe(true);
      expect(Math.ceil(layer.input.height / layer.stride)).toBeGreaterThanOrEqual(layer.output.height);
    }
  }
});

test('every network and accelerator of the comparison has a width for each layer', () => {
  const lists = bitLists();
  expect(Object.keys(lists)).toEqual([...NETWORKS.keys()]);
  for (const [name, build] of NETWORKS) {
    const plain = build().layers.filter(({ kind }) => kind !== 'attention').length;
    for (const list of Object.values(lists[name] ?? {})) expect(list).toHaveLength(plain);
  }
});
