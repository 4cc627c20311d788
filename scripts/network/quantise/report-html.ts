import { escaped, Markup } from '../../../gen/base/markup.js';
import { plural } from '../../../gen/base/text-table.js';
import { largestMagnitude } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import { type HistogramPlot, histogramSvg, isLogarithmic } from './histogram-svg.js';
import { layerPlots, type TypeColour, typeColours } from './plots.js';
import { agreementText, shapeText } from './output-text.js';
import type { LayerReport, QuantiseReport } from './report.js';
import {
  count,
  figure,
  fileRows,
  hasWeights,
  inputText,
  layerName,
  leftOutShare,
  optionText,
  outputError,
  percent,
  productText,
  shortName,
  typeShares,
} from './report-text.js';

type Colours = ReadonlyMap<string, TypeColour>;

/** The report of a quantised network as one HTML page that needs nothing else. */
export async function reportHtml(report: QuantiseReport): Promise<string> {
  const { model, calibration, totals, layers } = report;
  const shares = typeShares(report);
  const colours = typeColours(shares.map(({ type }) => type));
  const plots = await layerPlots(layers, colours);
  const view = {
    generator: report.generator,
    model: { ...model, inputs: model.inputs.map(inputText).join('; '), outputs: model.outputs.join(', ') },
    calibration: {
      source: calibration.source,
      samples: plural(calibration.samples, 'sample'),
      heldOut: plural(calibration.heldOut, 'sample'),
    },
    averageBits: totals.averageBits.toFixed(2),
    weightBits: hasWeights(report) ? totals.weightBits.toFixed(2) : '-',
    outputError: outputError(report.outputs.calibration),
    heldOutError: report.outputs.heldOut ? outputError(report.outputs.heldOut) : 'none held out',
    bitsOfAll: totals.bitsOfAll.toFixed(2),
    warnings: report.warnings.map((warning) => ({ warning })),
    outputs: outputViews(report),
    macs: count(totals.macs),
    layerCount: count(layers.length),
    hasLayers: layers.length > 0,
    hasActivationPairs: layers.some(({ second }) => second.kind === 'activation'),
    shares: shares.map((share) => shareView(share, 2 * layers.length, colours)),
    plots: plots.map((svg) => new Markup(svg)),
    layers: layers.map((layer, i) => layerView(layer, i + 1, colours)),
    hasLeftOut: report.leftOut.length > 0,
    leftOutCount: plural(report.leftOut.length, 'product'),
    leftOut: report.leftOut.map((each) => ({ ...each, share: leftOutShare(each, report) })),
    files: fileRows(report).map(([what, where]) => ({ what, where })),
    options: Object.entries(report.options).map(([name, value]) => ({ name, value: optionText(value) })),
  };
  return renderTemplate('network/quantise/report.html', escaped(view) as object);
}

/** Figures of every output, on the calibration samples and on those held out. */
function outputViews({ outputs: { calibration, heldOut } }: QuantiseReport) {
  return calibration.outputs.map((output, i) => ({
    name: output.name,
    what: shapeText(output),
    error: output.relativeError === null ? '-' : percent(output.relativeError),
    heldOut: heldOut?.outputs[i]?.relativeError == null ? '-' : percent(heldOut.outputs[i].relativeError),
    cosine: output.cosine === null ? '-' : output.cosine.toFixed(5),
    agreement: agreementText(output),
    note: output.note,
  }));
}

const colourOf = (colours: Colours, type: string): TypeColour => colours.get(type) as TypeColour;

function shareView(share: ReturnType<typeof typeShares>[number], operands: number, colours: Colours) {
  const { type, activations, weights } = share;
  const width = operands === 0 ? 0 : (100 * share.operands) / operands;
  return {
    type,
    ...colourOf(colours, type),
    operands: count(share.operands),
    activations: count(activations),
    weights: count(weights),
    width: width.toFixed(1),
    percent: `${width.toFixed(0)} %`,
  };
}

function layerView(layer: LayerReport, number: number, colours: Colours) {
  const { op, bits, activation, second, images } = layer;
  const isWeights = second.kind === 'weights';
  return {
    number,
    name: layerName(layer),
    shortName: shortName(layerName(layer), 44),
    op,
    bits,
    products: productText(layer),
    activation: operandCell(activation, colours),
    second: { ...operandCell(second, colours), mark: isWeights ? '' : ' *' },
    facts: [
      { key: 'in the network', value: `${layer.title}, output ${layer.output}` },
      { key: 'products per sample', value: `${productText(layer)}: ${count(macs(layer))} MACs` },
      { key: 'correction of the bias', value: layer.correction ?? 'none' },
      { key: 'images', value: imagesText(images) },
    ],
    operands: [
      tensorView('Activations', activation, colours),
      isWeights ? weightsView(second, colours) : tensorView('Second operand, an activation', second, colours),
    ],
  };
}

function operandCell({ type, relativeError }: { type: string; relativeError: number | null }, colours: Colours) {
  return { type, ...colourOf(colours, type), error: percent(relativeError) };
}

const macs = ({ products: { count, m, k, n, samples } }: LayerReport): number => (count * m * k * n) / samples;

function imagesText(images: LayerReport['images']): string {
  if (images === null) return 'none';
  const { folder, rows, cols, activationBits, weightBits, accumulatorBits, beats } = images;
  const total = beats.reduce((sum, tile) => sum + tile, 0);
  return (
    `${folder}/: ${rows} x ${cols} array, codes of ${activationBits} and ${weightBits} bits, ${accumulatorBits}-bit ` +
    `accumulators, ${plural(beats.length, 'tile')}, ${plural(total, 'beat')} in all`
  );
}

type Tensor = LayerReport['activation'];
type Weights = Extract<LayerReport['second'], { kind: 'weights' }>;

function tensorView(title: string, operand: Tensor, colours: Colours) {
  const { tensor, type, scale, blocks, zeroPoint, elements, least, greatest } = operand;
  const scales = blocks ? `blocks of ${blocks.size} with scales in ${blocks.format} from the data, times ` : 'scale ';
  const zero = zeroPoint === 0 ? '' : `, ${zeroPoint} stands for 0`;
  return {
    title,
    facts: [
      { key: 'tensor', value: tensor },
      { key: 'type', value: `${type}, ${scales}${figure(scale)}${zero}${takenText(operand)}` },
      { key: 'values', value: `${count(elements)} per sample, ${figure(least)} to ${figure(greatest)}` },
      { key: 'relative error', value: errorsText(operand) },
    ],
    ...histogramView(operand, { scale: blocks ? scaleOfLargest(operand) : scale, zeroPoint }, 'values', colours),
  };
}

/** The step of a block that has the largest magnitude, such that this is the type's largest value. */
function scaleOfLargest({ type, least, greatest }: Tensor): number {
  return Math.max(greatest, -least) / Number(largestMagnitude(numericType(type))) || 1;
}

function weightsView(operand: Weights, colours: Colours) {
  const { tensor, type, shape, k, n, groups, scales, files, blockScales } = operand;
  const format = blockScales ? ` in ${blockScales.format}` : '';
  const parts = groups > 1 ? `${groups} groups of the reduction x ${n} scales` : plural(n, 'scale');
  return {
    title: 'Weights',
    facts: [
      { key: 'tensor', value: tensor },
      {
        key: 'type',
        value: `${type}, ${parts}${format}, ${figure(scales.least)} to ${figure(scales.greatest)}${takenText(operand)}`,
      },
      { key: 'shape', value: `${shape.join(' x ')}, as a matrix ${k} x ${n}` },
      { key: 'relative error', value: errorsText(operand) },
      {
        key: 'files',
        value: Object.values(files)
          .filter((file) => file !== null)
          .join(', '),
      },
    ],
    ...histogramView(operand, { scale: 1 }, 'weights over their scales', colours),
  };
}

function errorsText({ type, relativeError, considered }: Tensor | Weights): string {
  const others = considered
    .filter((other) => other.type !== type)
    .map((other) => `${other.type} ${percent(other.relativeError)}`);
  return `${percent(relativeError)}${others.length === 0 ? '' : ` (${others.join(', ')})`}`;
}

const takenText = ({ taken }: Tensor | Weights): string => (taken ? '; taken as the network has it' : '');

/** How the codes of a tensor lie on the axis of its values. */
type Grid = Pick<HistogramPlot, 'scale' | 'zeroPoint'>;

function histogramView({ histogram, type }: Tensor | Weights, grid: Grid, what: string, colours: Colours) {
  const svg = histogramSvg({ histogram, type, ...grid, colour: colourOf(colours, type).fill });
  const counts = isLogarithmic(histogram) ? 'counts on a logarithmic axis' : 'counts';
  return { svg: new Markup(svg), caption: `${what}, ${counts}; rules: values of ${type}` };
}
