import { appliesIn } from '../config/conflicts.js';
import { PARAMETER_KEYS } from '../config/parameters.js';
import type { SumCase } from '../rtl/accumulator.js';
import { doublingText, operandFormula, operandLayout } from '../rtl/decoder.js';
import type { Design } from '../rtl/design.js';
import type { OperandCandidate, OperandFields } from '../rtl/operand.js';
import { counted } from '../rtl/render/counted.js';
import { type Identity, identityLines } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import { tileGrid } from '../rtl/tile-grid.js';
import type { TileKind } from '../rtl/tile-kinds.js';
import { tilePeriod } from '../rtl/timing.js';
import { slowInIcarus } from './bench/testbench.js';
import { workedExample } from './datasheet/example.js';
import { instantiation } from './datasheet/instance.js';
import { numbers } from './datasheet/numbers.js';
import { resetNotes } from './datasheet/reset.js';
import { exampleLayout, words } from './datasheet/words.js';
import { floatFacts } from './float-datasheet.js';
import type { RenderedFile } from './rendered-file.js';

/** The datasheet of a design, in Markdown: every figure comes from the elaborated design. */
export function renderDatasheet(design: Design, identity: Identity): RenderedFile {
  const { config, facts, top, timing, accumulator, format, modules, delayLines } = design;
  const view = {
    header: identityLines(`Datasheet of ${top.name}.`, identity).join('\n'),
    name: config.name,
    title: `${config.name}: ${facts.names.title}`,
    results: resultsText(design),
    top: top.name,
    start: {
      name: config.name,
      words: words(design),
      instance: instantiation(top.name, top.ports),
      example: workedExample(design),
      layout: exampleLayout(design),
    },
    stays: facts.tile.weightsStay,
    dot: facts.tile.resultsTogether,
    slow: slowInIcarus(design),
    lanes: config.lanes,
    stages: facts.names.registers.join(', '),
    listsDelayLines: delayLines.length > 0,
    ...tileGrid(config),
    ...wideFacts(design),
    rows: config.rows,
    cols: config.cols,
    beatsOfWeights: counted(config.rows, 'beat'),
    lastRow: config.rows - 1,
    terms: accumulator.terms,
    reset: resetNotes(config),
    gate: config.stall === 'gate',
    hasTypes: design.a.typeBits + design.w.typeBits > 0,
    parameters: PARAMETER_KEYS.filter((key) => appliesIn(key, config)).map((key) => ({
      key,
      value: Array.isArray(config[key]) ? config[key].join(' ') || 'none' : config[key],
    })),
    ports: top.ports,
    latencyMinimumK: timing.latency.minimumK,
    latencyFormula: timing.latency.formula,
    latency: counted(timing.latency.cycles, 'cycle'),
    latencyTo: timing.latency.to,
    drainFormula: timing.drain.formula,
    drain: timing.drain.cycles === null ? 'M - 1 cycles' : counted(timing.drain.cycles, 'cycle'),
    fill: timing.fill,
    fillCycles: counted(timing.fill?.cycles ?? 0, 'cycle'),
    partialSums: design.partialSums,
    beats: facts.tile.beats,
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
    compares: design.candidates.length > 1,
    candidates: design.candidates.map(candidateRow),
    accBits: accumulator.bits,
    boundBits: accumulator.boundBits,
    wraps: accumulator.wraps,
    provenK: accumulator.provenK,
    productLeast: accumulator.product.least,
    productGreatest: accumulator.product.greatest,
    sumLeast: accumulator.sum.least,
    sumGreatest: accumulator.sum.greatest,
    manyCases: accumulator.cases.length > 1,
    cases: accumulator.cases.map((each) => sumCase(design, each)),
    termsText: accumulator.cases.map((each) => `${termsName(design, each)} = ${each.terms}`).join(', 8 bits: '),
    contributions: accumulator.contributions.map(({ port, type, range, bitsAlone, bitsSaved }) => ({
      port: design[port].role,
      type,
      least: range.least,
      greatest: range.greatest,
      bitsAlone,
      bitsSaved,
    })),
    numbers: numbers(design),
    modules: modules.map(({ name, instances, title }) => ({ name, count: instances ?? 1, title })),
    delayLines,
  };
  return { path: 'datasheet.md', text: renderTemplate('design/datasheet.md', view) };
}

/** The results of a tile of narrow operands, of a row of them where weights stay. */
function resultsText({ config, facts, float }: Design): string {
  const { rows, cols } = config;
  const { weightsStay, resultsTogether } = facts.tile;
  const [adjective, noun] = float ? ['binary32', 'number'] : ['exact', 'integer'];
  const some = (number: number): string =>
    number === 1 ? `one ${adjective} ${noun}` : `${number} ${adjective} ${noun}s`;
  if (weightsStay) return some(cols);
  if (rows * cols === 1) return some(1);
  if (resultsTogether) return `${rows} x ${cols} ${adjective} ${noun}s`;
  return `${counted(rows, 'row')} of ${some(cols)}`;
}

/** What 8-bit operands change. */
function wideFacts(design: Design) {
  const { config, facts } = design;
  const [aWide, wWide] = [config.wideActivations.length > 0, config.wideWeights.length > 0];
  const span = config.rows - 2;
  const rows = config.rows / 2;
  return {
    wide: aWide || wWide,
    aWide,
    wWide,
    lastWideRow: rows - 1,
    wideRowsText: rows === 1 ? 'the only row leaves' : `${rows} rows leave, one every second cycle`,
    wideDrain: aWide && !facts.tile.weightsStay ? counted(span, 'cycle') : '',
    kinds: kindTable(design),
  };
}

/** The lines of a table of all kinds of tiles. */
function kindTable({ config, tileKinds }: Design): string[] {
  const flag = (set: boolean): string => (set ? '1' : '0');
  const columns: readonly (readonly [string, (kind: TileKind) => string | number])[] = [
    ...(config.wideActivations.length > 0 ? [['`a_wide_i`', ({ aWide }: TileKind) => flag(aWide)] as const] : []),
    ...(config.wideWeights.length > 0 ? [['`w_wide_i`', ({ wWide }: TileKind) => flag(wWide)] as const] : []),
    ['activations of a beat', ({ aCodes }) => aCodes],
    ['weights of a beat', ({ wCodes }) => wCodes],
    ['rows of results', ({ resultRows }) => resultRows ?? 'M'],
    ['results of a row', ({ resultCols }) => resultCols],
    ['products of a result', ({ terms }) => terms ?? 'K'],
    ['multiply-accumulates per cycle', ({ macsPerCycle }) => macsPerCycle],
  ];
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([title]) => title)),
    `|${columns.map(() => '---|').join('')}`,
    ...tileKinds.map((kind) => line(columns.map(([, cell]) => cell(kind)))),
  ];
}

function sumCase(design: Design, { product, sum, terms, pairsOfRows }: SumCase) {
  return {
    activation: `an activation of ${pairsOfRows ? 8 : 4} bits`,
    productLeast: product.least,
    productGreatest: product.greatest,
    termsName: termsName(design, { pairsOfRows }),
    terms,
    sumLeast: sum.least,
    sumGreatest: sum.greatest,
  };
}

function termsName({ facts }: Design, { pairsOfRows }: Pick<SumCase, 'pairsOfRows'>): string {
  const { termsName: name } = facts.sums;
  return pairsOfRows ? `${name}/2` : name;
}

/** For tiles of some lengths: K reduction steps, at most maxK; M rows of a weight-stationary array. */
function utilisation({ config, facts, timing }: Design): { k: number; cycles: number; percent: string }[] {
  const { rows, maxK } = config;
  const { stepsPerBeat: steps, weightsStay } = facts.tile;
  const lengths = weightsStay ? [rows, 64, 576, 4096] : [64, 576, maxK].filter((k) => k <= maxK);
  return [...new Set(lengths)]
    .sort((x, y) => x - y)
    .map((k) => {
      const cycles = tilePeriod(timing, Math.ceil(k / steps));
      return { k, cycles, percent: ((100 * k) / (cycles * steps)).toFixed(1) };
    });
}

/** Why the operand format is as it is, in words. */
function reasons({ format, largestProduct, magnitudeBits, candidates }: Design) {
  const { form, productBits, shiftBits } = format;
  const doubling = doublingText(format);
  const fields: OperandFields = {
    ...format.a,
    signBits: format.a.signBits || format.w.signBits ? 1 : 0,
    exponentBits: Math.max(format.a.exponentBits, format.w.exponentBits),
  };
  const unitReason =
    fields.exponentBits === 0
      ? candidates.length > 1
        ? 'no exponent, because a wider multiplier costs less than a shifter for these types.'
        : 'these types have no exponents.'
      : `a step of the exponent multiplies by 2^${form.unit}; what remains of a type's own exponent goes into the base.`;
  return {
    formula: operandFormula(form.unit, fields),
    unitReason,
    foldReason: form.foldMinimum
      ? ' The most negative integer is written as a power of two with an exponent, which saves a bit of base.'
      : '',
    doublingReason:
      doubling === '' ? '' : ` ${doubling} No negative operand has such a base, and a bit of base is saved.`,
    productBits,
    shiftReason: shiftBits > 0 ? `, the sum of two exponents ${shiftBits}` : '',
    largestProduct,
    magnitudeBits,
  };
}

function candidateRow({ form, a, w, productBits, shiftBits, estimate }: OperandCandidate) {
  const widths = ({ signBits, exponentBits, baseBits, doubledFrom }: OperandFields): string =>
    `${signBits}+${exponentBits}+${baseBits}${doubledFrom === undefined ? '' : ', doubles'}`;
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
