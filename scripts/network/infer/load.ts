import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../gen/base/errors.js';
import { npyLayout } from '../../../gen/base/npy.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { type OnnxModel, readModel } from '../onnx/model.js';
import { elementCount } from '../onnx/tensor.js';
import { findProducts } from '../products/find.js';
import type { Product } from '../products/product.js';
import { bytesPerRow, unpackCodes } from '../quantise/packing.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { type LayerReport, type QuantiseReport, REPORT } from '../quantise/report.js';
import { StoredWeights } from './stored-weights.js';

type WeightsReport = Extract<LayerReport['second'], { kind: 'weights' }>;

/** A quantised network read back from its folder. */
export interface LoadedNetwork {
  readonly report: QuantiseReport;
  readonly model: OnnxModel;
  readonly quantised: OnnxModel;
  readonly layers: readonly RunnableLayer[];
}

/**
 * @param folder What `npm run quantize` wrote.
 * @throws UserError when the folder is not one, or its files do not belong together.
 */
export function loadNetwork(folder: string): LoadedNetwork {
  const file = join(folder, 'report.json');
  if (!existsSync(file)) {
    throw new UserError(`${folder} holds no report.json; a folder that npm run quantize wrote is needed`);
  }
  const report = parseReport(file);
  const onnx = (name: string): OnnxModel => readModel(bytesOf(folder, name), join(folder, name));
  const model = onnx(report.files.float);
  const quantised = onnx(report.files.quantised);
  const stored = new StoredWeights(quantised, folder);
  const products = new Map(findProducts(model).products.map((product) => [product.node.output[0], product]));
  const layers = report.layers.map((layer) => {
    const product = products.get(layer.output);
    if (!product)
      throw new UserError(`${folder}: ${report.files.float} has no product ${layer.output}; quantise again`);
    const loaded = layerOf(layer, product, folder);
    if (layer.second.kind === 'weights') stored.requireEqual(loaded, layer.second.files.codes);
    return loaded;
  });
  return { report, model, quantised, layers };
}

function parseReport(file: string): QuantiseReport {
  try {
    return REPORT.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UserError(
      `${file} is no report of this version: ${(error as Error).message.split('\n')[0]}; quantise again`,
    );
  }
}

function bytesOf(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    throw new UserError(`cannot read ${join(folder, name)}: ${(error as Error).message}; quantise again`);
  }
}

function layerOf({ activation, second, correction }: LayerReport, product: Product, folder: string): RunnableLayer {
  const bias = correction === null ? undefined : arrayIn(folder, correction);
  const operand = ({ type, scale, zeroPoint }: { type: string; scale: number; zeroPoint: number }) => ({
    type: numericType(type),
    scale,
    zeroPoint,
  });
  return {
    product,
    activation: operand(activation),
    second:
      second.kind === 'activation'
        ? { kind: 'activation', tensor: operand(second) }
        : { kind: 'weights', weights: weightsOf(second, folder) },
    ...(bias ? { correction: { shape: bias.shape, data: new Float32Array(bias.data) } } : {}),
  };
}

function weightsOf({ shape, k, n, type: name, groups, groupRows, taps, files }: WeightsReport, folder: string) {
  const type = numericType(name);
  const numbers = (file: string): Float64Array => new Float64Array(arrayIn(folder, file, [groups, n]).data);
  return {
    type,
    shape,
    cols: n,
    groups,
    groupRows,
    taps,
    scales: numbers(files.scales),
    ...(files.zeroPoints === null ? {} : { zeroPoints: numbers(files.zeroPoints) }),
    codes: unpackCodes(new Uint8Array(arrayIn(folder, files.codes, [k, bytesPerRow(n, type.bits)]).data), n, type.bits),
  };
}

/**
 * The elements of a `.npy` file that `quantize` wrote.
 *
 * @param wanted Its shape, where that is known.
 * @throws UserError for a file that is cut short, or has another shape.
 */
function arrayIn(
  folder: string,
  name: string,
  wanted?: readonly number[],
): { readonly shape: readonly number[]; readonly data: ArrayBuffer } {
  const [bytes, file] = [bytesOf(folder, name), join(folder, name)];
  const { shape, elementBytes, dataOffset } = npyLayout(bytes, file);
  if (wanted && shape.join() !== wanted.join()) {
    throw new UserError(
      `${file} holds ${shape.join(' x ')}, and report.json says ${wanted.join(' x ')}; quantise again`,
    );
  }
  const end = dataOffset + elementCount(shape) * elementBytes;
  if (bytes.length !== end) throw new UserError(`${file} has ${bytes.length} bytes instead of ${end}; quantise again`);
  return { shape, data: new Uint8Array(bytes.subarray(dataOffset)).buffer };
}
