import type { FolderFile } from '../../../gen/base/folder.js';
import { formatNpyArray } from '../../../gen/base/npy.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import type { ArrayInfo } from '../../../gen/golden/reference.js';
import { type PortMatrices, type PortMatrix, portMatrix } from '../../../gen/golden/tiling.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import type { FloatTensor } from '../onnx/tensor.js';
import type { Lowering } from '../products/contraction.js';
import { activationOperand, codeProducts, type SecondOperand } from './code-products.js';
import { type ImageTarget, layerImages } from './images.js';
import { operandCodes } from './operand-codes.js';
import { bytesPerRow, littleEndian, packCodes } from './packing.js';
import type { LayerPlan } from './plan.js';
import type { LayerReport } from './report.js';
import { imageTestbench } from './testbench.js';

/** Files of one layer. */
export interface LayerFiles {
  readonly codes?: FolderFile;
  readonly scales?: FolderFile;
  readonly scaleCodes?: FolderFile;
  readonly zeroPoints?: FolderFile;
  readonly correction?: FolderFile;
  readonly images?: { readonly about: NonNullable<LayerReport['images']>; readonly files: readonly FolderFile[] };
}

/** An array that images are made for: a design, or one that would take the layer. */
export interface LayerTarget extends ImageTarget {
  readonly manifest?: Manifest;
}

/**
 * @param lowering What the layer lowers to for one sample.
 * @param operandOf Operands of that sample.
 * @param target The array that images are made for; none if it cannot take the layer.
 */
export function layerFiles(
  layer: LayerPlan,
  lowering: Lowering,
  operandOf: (tensor: string) => FloatTensor,
  target: LayerTarget | undefined,
): LayerFiles {
  const { product, second, correction } = layer;
  const folder = `layers/${product.name}`;
  const images = target && imagesOf(layer, lowering, operandOf, target, folder);
  const bias = correction && {
    correction: {
      path: `${folder}/correction.npy`,
      content: formatNpyArray(correction.shape, correction.data),
    },
  };
  if (second.kind === 'activation') return { ...(images ? { images } : {}), ...bias };
  const { rows, cols, type, codes, groups, scales, zeroPoints, blockScales } = second.weights;
  return {
    codes: {
      path: `${folder}/codes.npy`,
      content: formatNpyArray([rows, bytesPerRow(cols, type.bits)], packCodes(codes, cols, type.bits)),
    },
    scales: { path: `${folder}/scales.npy`, content: formatNpyArray([groups, cols], scales) },
    ...(blockScales
      ? {
          scaleCodes: {
            path: `${folder}/scale-codes.npy`,
            content: formatNpyArray(
              [groups, bytesPerRow(cols, blockScales.format.bits)],
              littleEndian(blockScales.codes, blockScales.format.bits / 8),
            ),
          },
        }
      : {}),
    ...(zeroPoints
      ? {
          zeroPoints: { path: `${folder}/zero-points.npy`, content: formatNpyArray([groups, cols], zeroPoints) },
        }
      : {}),
    ...bias,
    ...(images ? { images } : {}),
  };
}

function imagesOf(
  layer: LayerPlan,
  lowering: Lowering,
  operandOf: (tensor: string) => FloatTensor,
  target: LayerTarget,
  folder: string,
): LayerFiles['images'] {
  const { info, accumulator, manifest } = target;
  const products = productCodes(layer, lowering, operandOf, info);
  if (products.length === 0) return undefined;
  const images = layerImages(products, target);
  const file = (name: string, content: string): FolderFile => ({ path: `${folder}/${name}`, content });
  const bench = { layer: layer.product.name, images, operands: products[0] as PortMatrices };
  return {
    about: {
      folder,
      rows: info.rows,
      cols: info.cols,
      activationBits: info.a.codeBits,
      weightBits: info.w.codeBits,
      accumulatorBits: accumulator.bits,
      beats: [...images.beats],
    },
    files: [
      file('weights.hex', images.weights),
      file('activations.hex', images.activations),
      file('expected.hex', images.expected),
      ...(manifest ? [file('tiles.hex', images.tiles), file('image_tb.v', imageTestbench(manifest, bench))] : []),
    ],
  };
}

/**
 * The layer's matrix products in codes, one per part and group of scales: of the first operand one block of the array's
 * rows, of the second one everything.
 */
function productCodes(
  { product, activation, second }: LayerPlan,
  lowering: Lowering,
  operandOf: (tensor: string) => FloatTensor,
  { rows, a, w }: ArrayInfo,
): PortMatrices[] {
  const codesOf = (tensor: string, quantiser: ActivationQuantiser): Uint8Array =>
    operandCodes(quantiser, operandOf(tensor).data, tensor);
  const operand: SecondOperand =
    second.kind === 'weights'
      ? { kind: 'weights', ...second.weights }
      : activationOperand(second.tensor, codesOf(product.second.tensor, second.tensor));
  const first = { ...activation, codes: codesOf(product.activation, activation) };
  const block = a.wideTypes.includes(activation.type) && !a.types.includes(activation.type) ? rows / 2 : rows;
  return codeProducts(lowering, first, operand, Math.min(lowering.m, block)).map((one) => ({
    a: portMatrix(a, one.a) as PortMatrix,
    w: portMatrix(w, one.w) as PortMatrix,
  }));
}
