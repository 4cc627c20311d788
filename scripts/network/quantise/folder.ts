import { type FolderFile, replaceFolder } from '../../../gen/base/folder.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { arrayInfoOf } from '../../../gen/design/array-info.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { arrayInfoOfDesign } from '../../../gen/golden/reference.js';
import { HARDWARE_TYPES } from '../../../gen/numerics/types/table.js';
import { elaborateCore } from '../../../gen/rtl/core.js';
import type { Run } from '../onnx/feed.js';
import { type OnnxModel, writeModel } from '../onnx/model.js';
import { openInside } from '../onnx/session.js';
import type { FloatTensor } from '../onnx/tensor.js';
import { floatsOf } from '../onnx/value.js';
import { requireOwnFolder } from '../own-folder.js';
import { operandsOf, type Product } from '../products/product.js';
import type { SurveyedProduct } from '../products/survey.js';
import type { Calibration } from './calibrate.js';
import { describe, type MeasuredOutputs } from './describe.js';
import { type LayerFiles, type LayerTarget, layerFiles } from './files.js';
import type { QuantisedNetwork } from './network.js';
import { hasActivationBlocks, type LayerPlan, secondType } from './plan.js';
import { type IntegerReport, type QuantiseReport, REPORT } from './report.js';
import { reportHtml } from './report-html.js';
import { reportText } from './report-text.js';
import { portTypes } from './verdict.js';

const [REPORT_FILE, INTEGER_FILE] = ['report.json', 'whole-integer.onnx'];
/** Size of the array that images are made for where no design is given. */
const [DEFAULT_ROWS, DEFAULT_COLS] = [16, 16];

/** What of a run goes into its report and folder besides the decisions. */
export interface FolderRequest {
  readonly out: string;
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputs: MeasuredOutputs;
  readonly warnings: readonly string[];
  /** The design that the memory images are for. */
  readonly manifest?: Manifest;
  /** The network in whole integers, and what the report says of it. */
  readonly integer?: { readonly model: OnnxModel; readonly report: Omit<IntegerReport, 'file'> };
}

/** What a run writes into its folder. */
const ENTRIES: readonly string[] = [
  REPORT_FILE,
  'report.txt',
  'report.html',
  'float.onnx',
  'fake-quantised.onnx',
  INTEGER_FILE,
  'layers',
];

/** @throws UserError when a folder cannot be written, or holds anything that an earlier run did not write. */
export const requireReplaceable = (out: string): void =>
  requireOwnFolder(out, { entries: ENTRIES, report: REPORT_FILE });

/** Writes all files of a quantised network, or nothing. */
export async function writeNetwork(network: QuantisedNetwork, request: FolderRequest): Promise<QuantiseReport> {
  const { model, quantised } = network;
  const files = await allLayerFiles(network, request.manifest);
  const { integer, ...rest } = request;
  const report = describe(network, {
    ...{ ...rest, source: network.calibration.feed.name, files },
    ...(integer ? { integer: { file: INTEGER_FILE, ...integer.report } } : {}),
  });
  const all: FolderFile[] = [
    { path: REPORT_FILE, content: `${JSON.stringify(REPORT.parse(report), null, 2)}\n` },
    { path: 'report.txt', content: reportText(report) },
    { path: 'report.html', content: await reportHtml(report) },
    { path: report.files.float, content: writeModel(model.proto) },
    { path: report.files.quantised, content: writeModel(quantised.proto) },
    ...(integer ? [{ path: INTEGER_FILE, content: writeModel(integer.model.proto) }] : []),
    ...[...files.values()].flatMap(({ codes, scales, scaleCodes, zeroPoints, correction, images }) => [
      ...[codes, scales, scaleCodes, zeroPoints, correction].filter((file) => file !== undefined),
      ...(images?.files ?? []),
    ]),
  ];
  requireReplaceable(request.out);
  replaceFolder(request.out, all);
  return report;
}

/** The files of all layers; operands of the first sample are in memory for some layers at a time. */
async function allLayerFiles(
  { model, plan, calibration, sizes }: QuantisedNetwork,
  manifest: Manifest | undefined,
): Promise<ReadonlyMap<Product, LayerFiles>> {
  const { inputs } = calibration.feed.runs(1).next().value as Run;
  const files = new Map<Product, LayerFiles>();
  for (const layers of layerPortions(plan.layers, calibration)) {
    const session = await openInside(model, [...new Set(layers.flatMap(({ product }) => operandsOf(product)))]);
    try {
      const values = new Map([...inputs, ...(await session.run(inputs))]);
      const operandOf = (tensor: string): FloatTensor => floatsOf(values.get(tensor), tensor);
      for (const layer of layers) {
        const { lowering } = sizes.get(layer.product) as SurveyedProduct;
        files.set(layer.product, layerFiles(layer, lowering, operandOf, targetOf(layer, manifest)));
      }
    } finally {
      await session.close();
    }
  }
  return files;
}

/** Lists of layers whose operands fit into the memory together, or of one layer. */
function layerPortions(layers: readonly LayerPlan[], { memory, bytesOf }: Calibration): LayerPlan[][] {
  const lists: LayerPlan[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const layer of layers) {
    const bytes = operandsOf(layer.product).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
    if (filled + bytes > memory) {
      lists.push([]);
      filled = 0;
    }
    (lists.at(-1) as LayerPlan[]).push(layer);
    filled += bytes;
  }
  return lists;
}

/** The array that a layer's images are for: the design if it takes the layer, else one of the layer's own types. Arrays take no blocks of activations. */
function targetOf(layer: LayerPlan, manifest: Manifest | undefined): LayerTarget | undefined {
  const { type: a } = layer.activation;
  const w = secondType(layer);
  if (hasActivationBlocks(layer)) return undefined;
  if (manifest) {
    const info = arrayInfoOf(manifest);
    const takes = portTypes(info.a).includes(a) && portTypes(info.w).includes(w);
    return takes ? { info, accumulator: manifest.accumulator, manifest } : undefined;
  }
  if (!HARDWARE_TYPES.includes(a) || !HARDWARE_TYPES.includes(w)) return undefined;
  const raw = { rows: DEFAULT_ROWS, cols: DEFAULT_COLS, activations: [a.name], weights: [w.name] };
  const core = elaborateCore(validateConfiguration(raw));
  return { info: arrayInfoOfDesign(core), accumulator: core.accumulator };
}
