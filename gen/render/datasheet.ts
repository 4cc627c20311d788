import { codeValues } from '../codec.js';
import { PARAMETER_KEYS } from '../config/parameters.js';
import { operandFormula, operandLayout } from '../elaborate/decoder.js';
import type { Design } from '../elaborate/design.js';
import { dotStages } from '../elaborate/dot.js';
import { streamShape } from '../elaborate/streams.js';
import { tileGrid } from '../elaborate/tile-grid.js';
import { tilePeriod } from '../elaborate/timing.js';
import { floatFacts } from '../float/datasheet.js';
import type { OperandCandidate, OperandFields } from '../operand.js';
import { renderTemplate } from './engine.js';
import type { RenderedFile } from './files.js';
import { type Identity, identityLines } from './identity.js';

/** The datasheet of a design, in Markdown: every figure comes from the elaborated design. */
export function renderDatasheet(design: Design, identity: Identity): RenderedFile {
  const { config, top, timing, accumulator, format, modules, delayLines } = design;
  const types = [...new Set([...design.a.types, ...design.w.types])];
  const view = {
    header: identityLines(`Datasheet of ${top.name}.`, identity).join('\n'),
    name: config.name,
    top: top.name,
    stays: config.dataflow === 'ws',
    dot: config.arch === 'dot',
    lanes: config.lanes,
    stages: dotStages(config.pipeline),
    listsDelayLines: config.arch === 'array' || delayLines.length > 0,
    ...tileGrid(config),
    rows: config.rows,
    cols: config.cols,
    lastRow: config.rows - 1,
    terms: accumulator.terms,
    termsName: config.dataflow === 'os' ? 'maxK' : 'ROWS',
    resetKind: config.reset === 'async' ? 'asynchronous' : 'synchronous',
    gate: config.stall === 'gate',
    async: config.reset === 'async',
    hasTypes: design.a.typeBits + design.w.typeBits > 0,
    parameters: PARAMETER_KEYS.map((key) => ({
      key,
      value: Array.isArray(config[key]) ? config[key].join(' ') : config[key],
    })),
    ports: top.ports,
    latencyMinimumK: timing.latency.minimumK,
    latencyFormula: timing.latency.formula,
    latency: timing.latency.cycles,
    latencyTo: timing.latency.to,
    drainFormula: timing.drain.formula,
    drainText: timing.drain.cycles === null ? '' : `${timing.drain.cycles} cycles`,
    fill: timing.fill,
    partialSums: design.partialSums,
    beats: config.dataflow === 'os' ? 'K' : 'M',
    periodFormula: timing.tilePeriod.formula,
    macsPerCycle: timing.macsPerCycle,
    utilisation: utilisation(design),
    operands: (['a', 'w'] as const).map((port) => ({
      role: design[port].role,
      layout: operandLayout(format[port]),
      bits: format[port].bits,
    })),
    ...reasons(design),
    float: design.float && floatFacts(design.float, design.largestProduct),
    // The line breaks after the adjective.
    resultKind: design.float ? 'binary32\nnumbers' : 'exact\nintegers',
    candidates: design.candidates.map(candidateRow),
    accBits: accumulator.bits,
    boundBits: accumulator.boundBits,
    wraps: accumulator.wraps,
    provenK: accumulator.provenK,
    productLeast: accumulator.product.least,
    productGreatest: accumulator.product.greatest,
    sumLeast: accumulator.sum.least,
    sumGreatest: accumulator.sum.greatest,
    contributions: accumulator.contributions.map(({ port, type, range, bitsAlone, bitsSaved }) => ({
      port: design[port].role,
      type,
      least: range.least,
      greatest: range.greatest,
      bitsAlone,
      bitsSaved,
    })),
    blocks: types.some((type) => type.kind === 'float'),
    types: types.map((type) => ({
      name: type.name,
      values: codeValues(type)
        .map((value, code) => value ?? type.decode(code))
        .join(' '),
    })),
    modules: modules.map(({ name, instances, title }) => ({ name, count: instances ?? 1, title })),
    delayLines,
  };
  return { path: 'datasheet.md', text: renderTemplate('datasheet.md', view) };
}

/** For tiles of some lengths: K of an output-stationary array, at most maxK; M of a weight-stationary one. */
function utilisation({ config, timing }: Design): { k: number; cycles: number; percent: string }[] {
  const { dataflow, rows, maxK } = config;
  const longest = Math.floor(maxK / streamShape(config).stepsPerBeat);
  const lengths = dataflow === 'os' ? [64, 576, longest].filter((k) => k <= longest) : [rows, 64, 576, 4096];
  return [...new Set(lengths)]
    .sort((x, y) => x - y)
    .map((k) => {
      const cycles = tilePeriod(timing, k);
      return { k, cycles, percent: ((100 * k) / cycles).toFixed(1) };
    });
}

/** Why the operand format is as it is, in words. */
function reasons({ format, largestProduct, magnitudeBits }: Design) {
  const { form, productBits, shiftBits } = format;
  const fields: OperandFields = {
    ...format.a,
    signBits: format.a.signBits || format.w.signBits ? 1 : 0,
    exponentBits: Math.max(format.a.exponentBits, format.w.exponentBits),
  };
  const unitReason =
    fields.exponentBits === 0
      ? 'no exponent, because a wider multiplier costs less than a shifter for these types.'
      : `a step of the exponent multiplies by 2^${form.unit}; what remains of a type's own exponent goes into the base.`;
  return {
    formula: operandFormula(form.unit, fields),
    unitReason,
    foldReason: form.foldMinimum
      ? ' The most negative integer is written as a power of two with an exponent, which saves a bit of base.'
      : '',
    productBits,
    shiftReason: shiftBits > 0 ? `, the sum of two exponents ${shiftBits}` : '',
    largestProduct,
    magnitudeBits,
  };
}

function candidateRow({ form, a, w, productBits, shiftBits, estimate }: OperandCandidate) {
  const widths = ({ signBits, exponentBits, baseBits }: OperandFields): string =>
    `${signBits}+${exponentBits}+${baseBits}`;
  return {
    unit: form.unit === 'none' ? 'none' : `2^${form.unit}`,
    fold: form.foldMinimum ? 'yes' : 'no',
    a: widths(a),
    w: widths(w),
    product: productBits,
    shift: shiftBits,
    estimate: Math.round(estimate),
  };
}
