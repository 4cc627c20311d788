import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'npyjs';
import { UserError } from '../../../gen/base/errors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { type OnnxModel, readModel } from '../onnx/model.js';
import { findProducts } from '../products/find.js';
import type { Product } from '../products/product.js';
import { unpackCodes } from '../quantise/packing.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { type LayerReport, type QuantiseReport, REPORT } from '../quantise/report.js';

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
  const products = new Map(findProducts(model).products.map((product) => [product.node.output[0], product]));
  const layers = report.layers.map((layer) => {
    const product = products.get(layer.output);
    if (!product)
      throw new UserError(`${folder}: ${report.files.float} has no product ${layer.output}; quantise again`);
    return layerOf(layer, product, folder);
  });
  return { report, model, quantised: onnx(report.files.quantised), layers };
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
  const bias = correction === null ? undefined : npy(folder, correction);
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
    ...(bias ? { correction: { shape: bias.shape, data: bias.data as Float32Array } } : {}),
  };
}

function weightsOf({ shape, n, type: name, groups, groupRows, files }: WeightsReport, folder: string) {
  const type = numericType(name);
  return {
    type,
    shape,
    groups,
    groupRows,
    scales: array(folder, files.scales) as Float64Array,
    ...(files.zeroPoints === null ? {} : { zeroPoints: array(folder, files.zeroPoints) as Float64Array }),
    codes: unpackCodes(array(folder, files.codes) as Uint8Array, n, type.bits),
  };
}

const array = (folder: string, name: string): ArrayLike<number> => npy(folder, name).data as Uint8Array;

function npy(folder: string, name: string): ReturnType<typeof parse> {
  const bytes = bytesOf(folder, name);
  return parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
}
