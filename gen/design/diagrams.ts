import { createRequire } from 'node:module';
import { dotStages } from '../rtl/arch/dot/stages.js';
import type { Design } from '../rtl/design.js';
import { counted } from '../rtl/render/counted.js';
import { type Identity, identityLines } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import { streamShape } from '../rtl/streams.js';
import { tileGrid } from '../rtl/tile-grid.js';
import type { RenderedFile } from './rendered-file.js';

/** The block diagram of a design, with its bus widths. */
export function renderBlockDiagram(design: Design, identity: Identity): RenderedFile {
  if (design.config.arch === 'dot') return renderDotDiagram(design, identity);
  const { config, a, w, accumulator, top } = design;
  const double = config.drain === 'double';
  const stays = config.dataflow === 'ws';
  const view = {
    header: xmlComment(identityLines(`Block diagram of ${top.name}.`, identity)),
    name: config.name,
    rows: config.rows,
    cols: config.cols,
    rowsText: counted(config.rows, 'row'),
    columnsText: counted(config.cols, 'column'),
    aCode: a.codeBits,
    wCode: w.codeBits,
    aOperand: a.fields.bits,
    wOperand: w.fields.bits,
    aBits: a.codeBits * config.rows,
    wBits: w.codeBits * config.cols,
    accBits: accumulator.bits,
    rowBits: config.cols * accumulator.bits,
    controls: stays ? 'load, swap' : double ? 'swap, drain' : 'drain',
    inputs: stays ? 'hold one beat each' : 'holds one beat',
    inputTitle: stays ? 'input registers' : 'input register',
    streams: stays ? 'a_*, w_* streams' : 'in_* stream',
    flows: flowText(design).map((text, i) => ({ text, y: 175 + 17 * i })),
    results: stays ? 'results leave as rows of activations come' : 'results shift down, row 0 first',
    gate: config.stall === 'gate',
  };
  return { path: 'block-diagram.svg', text: renderTemplate('design/block-diagram.svg', view) };
}

/** How operands and sums move, a line each. */
function flowText({ config, accumulator }: Design): string[] {
  const { bits } = accumulator;
  const { tiled, tileRows, tileCols } = tileGrid(config);
  const tiles = tiled ? [`in tiles of ${tileRows} x ${tileCols} PEs`] : [];
  if (config.dataflow === 'ws') {
    return [
      'activations flow right,',
      'weights stay, with the',
      'next tile behind them,',
      `sums flow down: ${bits}-bit`,
      ...tiles,
    ];
  }
  const shadows = config.drain === 'double' ? ' with shadows' : '';
  return [
    'activations flow right,',
    'weights flow down,',
    `sums stay: ${bits}-bit`,
    `accumulators${shadows}`,
    ...tiles,
  ];
}

function renderDotDiagram({ config, a, w, accumulator, top }: Design, identity: Identity): RenderedFile {
  const { rows, cols, lanes } = config;
  const view = {
    header: xmlComment(identityLines(`Block diagram of ${top.name}.`, identity)),
    name: config.name,
    rows,
    cols,
    lanes,
    lastLane: lanes - 1,
    manyLanes: lanes > 2,
    aCode: a.codeBits,
    wCode: w.codeBits,
    aOperand: a.fields.bits,
    wOperand: w.fields.bits,
    aBits: a.codeBits * a.lanes,
    wBits: w.codeBits * w.lanes,
    accBits: accumulator.bits,
    resultBits: rows * cols * accumulator.bits,
    adders: config.tree === 'columns' ? 'columns of full adders' : 'tree of adders',
    stages: dotStages(config.pipeline),
    gate: config.stall === 'gate',
  };
  return { path: 'block-diagram.svg', text: renderTemplate('design/dot-block-diagram.svg', view) };
}

/** A comment may hold no two hyphens in a row: the flags of the command get a space between them. */
function xmlComment(lines: readonly string[]): string {
  return lines.join('\n').replace(/--/g, '- -');
}

interface Lane {
  name?: string;
  wave?: string;
  data?: string[];
}

/**
 * The stream timing diagram of a design: a tile of three beats with an idle cycle going in, its rows coming out with a
 * stall. Waves are cut short where cycles repeat; the caption gives the real counts.
 */
export function renderTimingDiagram(design: Design, identity: Identity): RenderedFile {
  const { timing, top, config } = design;
  const stays = config.dataflow === 'ws';
  const dot = config.arch === 'dot';
  const out = outputWaves(stays ? 3 : streamShape(config).resultRows);
  const signal: Lane[] = [
    { name: 'clk_i', wave: `p.....|${out.clock}` },
    ...(stays ? stationaryInputs(design, out.hold) : jointInputs(design, out.hold)),
    {},
    { name: 'out_valid_o', wave: `0.....|${out.valid}` },
    { name: 'out_ready_i', wave: `1.....|${out.ready}` },
    { name: 'out_data_o', wave: `x.....|${out.data}`, data: dot ? ['results'] : out.rows },
    { name: 'out_last_o', wave: `x.....|${out.last}` },
  ];
  const source = {
    signal,
    config: { hscale: 2 },
    head: { text: `${top.name}: a tile of ${stays ? '3 rows of activations' : '3 beats'}` },
    foot: {
      text: `${timing.latency.cycles} cycles from the last beat in to the ${dot ? 'results' : timing.latency.to} out; tiles of ${dot ? 'B' : stays ? 'M' : 'K'} beats follow every ${timing.tilePeriod.formula} cycles`,
    },
  };
  const { renderAny, waveSkin, onml } = waveDrom();
  const svg = onml.stringify(renderAny(0, source, waveSkin));
  const comment = xmlComment(identityLines(`Stream timing of ${top.name}.`, identity));
  return { path: 'timing.svg', text: `<!--\n${comment}\n-->\n${svg}\n` };
}

/** Three beats of activations and weights together, with an idle cycle; `hold` is the wave of what comes after. */
function jointInputs({ a, w, config }: Design, hold: string): Lane[] {
  const selectors = [a, w].filter(({ typeBits }) => typeBits > 0).map(({ letter }) => `${letter}_type_i`);
  return [
    { name: 'in_valid_i', wave: `01.010|.${hold}` },
    { name: 'in_ready_o', wave: `1.....|x${hold}` },
    {
      name: 'a_data_i, w_data_i',
      wave: `x22x2x|.${hold}`,
      data: config.arch === 'dot' ? ['beat 0', 'beat 1', 'beat 2'] : ['k=0', 'k=1', 'k=2'],
    },
    ...(selectors.length > 0 ? [{ name: selectors.join(', '), wave: `x3x...|.${hold}`, data: ['types'] }] : []),
    { name: 'in_last_i', wave: `x0.x1x|.${hold}` },
  ];
}

/** The last beats of a tile of weights, then three beats of activations. */
function stationaryInputs({ a, w, config }: Design, hold: string): Lane[] {
  const { rows } = config;
  const type = (letter: string, wave: string): Lane => ({
    name: `${letter}_type_i`,
    wave: `${wave}|.${hold}`,
    data: ['type'],
  });
  const weights = rows === 1 ? ['row 0'] : [`row ${rows - 2}`, `row ${rows - 1}`];
  return [
    { name: 'w_valid_i', wave: rows === 1 ? `010...|.${hold}` : `1.0...|.${hold}` },
    { name: 'w_data_i', wave: rows === 1 ? `x3x...|.${hold}` : `33x...|.${hold}`, data: weights },
    { name: 'w_last_i', wave: rows === 1 ? `x1x...|.${hold}` : `01x...|.${hold}` },
    ...(w.typeBits > 0 && rows < 3 ? [type('w', rows === 1 ? 'x3x...' : '3x....')] : []),
    {},
    { name: 'a_valid_i', wave: `0.1..0|.${hold}` },
    { name: 'a_data_i', wave: `x.222x|.${hold}`, data: ['m=0', 'm=1', 'm=2'] },
    { name: 'a_last_i', wave: `x.0.1x|.${hold}` },
    ...(a.typeBits > 0 ? [type('a', 'x.3x..')] : []),
  ];
}

/** The waves of the output stream after the gap: row 0 waits a cycle for ready; more rows; the last. */
function outputWaves(rows: number) {
  if (rows === 1) {
    return { clock: '...', hold: '..', valid: '1.0', ready: '01.', data: '4.x', last: '1.x', rows: ['row 0'] };
  }
  if (rows === 2) {
    const labels = ['row 0', 'row 1'];
    return { clock: '....', hold: '...', valid: '1..0', ready: '01..', data: '4.4x', last: '0.1x', rows: labels };
  }
  if (rows === 3) {
    const labels = ['row 0', 'row 1', 'row 2'];
    return { clock: '.....', hold: '....', valid: '1...0', ready: '01...', data: '4.44x', last: '0..1x', rows: labels };
  }
  return {
    clock: '...|..',
    hold: '..|..',
    valid: '1..|.0',
    ready: '01.|..',
    data: '4.4|4x',
    last: '0..|1x',
    rows: ['row 0', 'row 1', `row ${rows - 1}`],
  };
}

interface WaveDrom {
  readonly renderAny: (index: number, source: object, skins: object) => unknown;
  readonly waveSkin: object;
  readonly onml: { stringify(tree: unknown): string };
}

/** Loaded when the first diagram is drawn: the package is not small. */
function waveDrom(): WaveDrom {
  return createRequire(import.meta.url)('wavedrom') as WaveDrom;
}
