import type { Attention, Layer, Network } from '../layer.js';
import { convolution, square } from './stack.js';

/** Base size of both transformers: blocks, width, heads and width of the feed-forward layer. */
const BLOCKS = 12;
const WIDTH = 768;
const HEADS = 12;
const HIDDEN = 3072;

const linear = (name: string, rows: number, inFeatures: number, outFeatures: number): Layer => ({
  kind: 'linear',
  name,
  rows,
  inFeatures,
  outFeatures,
});

/** The two products of activations of a block: queries by keys, and the weights they give by values. */
function attention(name: string, tokens: number): Attention[] {
  const head = WIDTH / HEADS;
  return [
    { kind: 'attention', name: `${name}.scores`, count: HEADS, m: tokens, k: head, n: tokens },
    { kind: 'attention', name: `${name}.context`, count: HEADS, m: tokens, k: tokens, n: head },
  ];
}

/** ViT-B/16 (Dosovitskiy et al., 2021) for 224 x 224 images: 196 patches and a class token. */
export function vitB16(): Network {
  const tokens = (224 / 16) ** 2 + 1;
  const blocks = Array.from({ length: BLOCKS }, (_, i) => [
    linear(`block${i}.qkv`, tokens, WIDTH, 3 * WIDTH),
    ...attention(`block${i}`, tokens),
    linear(`block${i}.projection`, tokens, WIDTH, WIDTH),
    linear(`block${i}.fc1`, tokens, WIDTH, HIDDEN),
    linear(`block${i}.fc2`, tokens, HIDDEN, WIDTH),
  ]).flat();
  const patches = convolution('patches', square(3, 224), { out: WIDTH, kernel: 16, stride: 16, padding: 0 });
  return { name: 'ViT', layers: [patches, ...blocks, linear('head', 1, WIDTH, 1000)] };
}

/** BERT-base (Devlin et al., 2019) with a pooler and a classifier of two classes, for 128 tokens. */
export function bertBase(task: string): Network {
  const tokens = 128;
  const blocks = Array.from({ length: BLOCKS }, (_, i) => [
    ...['query', 'key', 'value'].map((part) => linear(`block${i}.${part}`, tokens, WIDTH, WIDTH)),
    ...attention(`block${i}`, tokens),
    linear(`block${i}.output`, tokens, WIDTH, WIDTH),
    linear(`block${i}.fc1`, tokens, WIDTH, HIDDEN),
    linear(`block${i}.fc2`, tokens, HIDDEN, WIDTH),
  ]).flat();
  return {
    name: `BERT-${task}`,
    layers: [...blocks, linear('pooler', 1, WIDTH, WIDTH), linear('classifier', 1, WIDTH, 2)],
  };
}
