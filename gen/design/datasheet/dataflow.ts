import type { Design } from '../../rtl/design.js';
import { counted } from '../../rtl/render/counted.js';

/** What the datasheet says of how tiles pass a design: a sentence or two each. */
export interface DataflowText {
  /** What the design computes. */
  readonly computes: readonly string[];
  /** What beats carry, and what ends a tile. */
  readonly inputs: readonly string[];
  readonly results: readonly string[];
  /** What a cycle without a beat does. */
  readonly idle: string;
}

export function dataflowText(design: Design): DataflowText {
  const { weightsStay, resultsTogether } = design.facts.tile;
  if (weightsStay) return stationaryWeights(design);
  return resultsTogether ? resultsInOneBeat(design) : resultsInRows(design);
}

/** `2 exact integers`, `one binary32 number`. */
function numbersText({ facts }: Design, count: number | string): string {
  const [adjective, noun] = facts.sums.encoding === 'binary32' ? ['binary32', 'number'] : ['exact', 'integer'];
  return count === 1 ? `one ${adjective} ${noun}` : `${count} ${adjective} ${noun}s`;
}

function stationaryWeights(design: Design): DataflowText {
  const { config, top } = design;
  const { rows, cols, lanes } = config;
  const steps = rows * lanes;
  const carries = lanes > 1 ? `: beat i has steps ${lanes} * i to ${lanes} * i + ${lanes - 1} of all columns` : '';
  return {
    computes: [
      `\`${top.name}\` multiplies rows of activations by a block of ${steps} x ${cols} weights, which stays in the array.`,
      `M beats of activations give M rows of ${numbersText(design, cols)}: \`results[m][c] = sum over k of a[m][k] * w[k][c]\`.`,
      'A longer reduction takes several tiles. Add their results up outside.',
      ...(lanes > 1
        ? [
            `A PE has ${lanes} lanes. Where a reduction is no multiple of ${steps}, fill the rest with code 0. It is 0 in every type.`,
          ]
        : []),
    ],
    inputs: [
      `A tile of weights has exactly ${counted(rows, 'beat')}, one per row of the array, row 0 first${carries}. \`w_last_i\` comes with the last one. Nothing flags another number of beats: the results are then wrong.`,
      'A beat of activations gives a row of results. A tile has as many as you like. `a_last_i` comes with the last one: the next beat meets the next tile of weights.',
      'Weights wait in the PEs, one tile ahead of the one in use. They may come while activations stream.',
    ],
    results: [
      'Results leave in the order of the activations. `out_last_o` comes with the row of the beat that `a_last_i` marked.',
    ],
    idle: 'An idle input needs no stall: no row of results comes of it.',
  };
}

function resultsInOneBeat(design: Design): DataflowText {
  const { config, top } = design;
  const { rows, cols, lanes } = config;
  const results = rows * cols === 1 ? numbersText(design, 1) : numbersText(design, `${rows} x ${cols}`);
  return {
    computes: [
      `\`${top.name}\` multiplies activations by weights, tile by tile.`,
      `A tile of B beats gives ${results}: \`results[r][c] = sum over k of a[k][r] * w[k][c]\`.`,
      manySteps(lanes),
      'The activations of row r go to all units of row r, the weights of column c to all of column c.',
    ],
    inputs: [...laneSteps(lanes), ...blockBeats(design)],
    results: ['The results of a tile leave in one beat. `out_last_o` is always 1, as in the stream of an array.'],
    idle: 'An idle input needs no stall: a cycle without a beat leaves the accumulators as they are.',
  };
}

/** What blocks are made of, and when their scales count. */
function blockBeats({ config, blocks }: Design): string[] {
  if (!blocks) return [];
  const beats = blocks.elements / config.lanes;
  return [
    `A block is ${counted(beats, 'beat')}: ${blocks.elements} reduction steps, from the first beat of a tile on. \`a_scale_i\` has the scale of each row, \`w_scale_i\` that of each column${beats > 1 ? '. They count in the last beat of a block' : ''}.`,
    ...(beats > 1 ? ['The last block of a tile may have fewer beats.'] : []),
  ];
}

/** In which order rows of results leave, and how many in a beat. */
function rowOrder({ config, facts }: Design): string {
  const { rows, cols } = config;
  const { rowsPerBeat } = facts.tile;
  if (rowsPerBeat === 1) {
    const paired = config.wideActivations.length > 0 ? ` (8-bit activations: row ${rows / 2 - 1})` : '';
    return `Results leave row by row, row 0 first. \`out_last_o\` comes with row ${rows - 1}${paired}.`;
  }
  const place = `row t of a beat from lane t * ${cols} on`;
  return rowsPerBeat === rows
    ? `All ${rows} rows of results leave in one beat, ${place}. \`out_last_o\` is then 1.`
    : `Results leave ${rowsPerBeat} rows a beat, rows 0 to ${rowsPerBeat - 1} first, ${place}. \`out_last_o\` comes with row ${rows - 1}.`;
}

const manySteps = (lanes: number): string =>
  `A beat carries ${counted(lanes, 'reduction step')}, so a sum has K = B * ${lanes} products.`;

const laneSteps = (lanes: number): string[] => [
  `A beat is ${counted(lanes, 'reduction step')}, step l of it in lane l: activation codes of all rows, weight codes of all columns. \`in_last_i\` ends the tile.`,
  `Where a reduction is no multiple of ${lanes}, fill the last beat with code 0. It is 0 in every type.`,
];

function resultsInRows(design: Design): DataflowText {
  const { config, top } = design;
  const { rows, cols, lanes } = config;
  const results =
    rows * cols === 1 ? numbersText(design, 1) : `${counted(rows, 'row')} of ${numbersText(design, cols)}`;
  return {
    computes: [
      `\`${top.name}\` multiplies activations by weights, tile by tile.`,
      `A tile of ${lanes > 1 ? 'B' : 'K'} beats gives ${results}: \`results[r][c] = sum over k of a[k][r] * w[k][c]\`.`,
      ...(lanes > 1 ? [manySteps(lanes)] : []),
    ],
    inputs:
      lanes > 1
        ? laneSteps(lanes)
        : [
            'A beat is one reduction step k: activation codes of all rows, weight codes of all columns. `in_last_i` ends the tile.',
          ],
    results: [rowOrder(design)],
    idle: 'An idle input needs no stall: the array then adds code 0, which is 0 in every type.',
  };
}
