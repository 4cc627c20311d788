import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { allStreamPorts } from '../../../gen/rtl/streams.js';

/** Where architectures are told apart: their folders, and the data of what their parameters mean. */
const MAY_ASK = /^gen\/(rtl\/arch|config)\//;

/** What a source does that asks which architecture a design has: reads the parameters, or looks for their values. */
const QUESTIONS: readonly RegExp[] = [
  /\.(arch|dataflow)\b/,
  /\[['"](arch|dataflow)['"]\]/,
  /[{,]\s*(arch|dataflow)\s*(: \w+)?\s*(=[^,}]*)?[,}]/,
  /[=!]==\s*['"](os|ws|dot)['"]/,
  /^\s*(arch|dataflow)( = [^,]*)?,?$/,
  /\b(arch|dataflow) [=!]==/,
];

/** An import from the folder of one architecture. */
const ONE_ARCHITECTURE = /from '[^']*\/arch\/(dot|dot-blocks|output-stationary|weight-stationary)\/[^']*'/;

/** Benches of one module know the module: its test vectors, and its variants in the notebook. */
const KNOW_ONE = /^scripts\/(verify\/vectors|sweep)\//;

function sources(): { file: string; lines: string[] }[] {
  return ['gen', 'scripts', 'examples'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({
        file: `${folder}/${file}`,
        lines: readFileSync(`${folder}/${file}`, 'utf8').split('\n'),
      })),
  );
}

/** Lines of a source that ask which architecture a design has. */
function questions({ file, lines }: { file: string; lines: readonly string[] }): string[] {
  if (MAY_ASK.test(file)) return [];
  return lines.flatMap((line, i) => {
    const asks = !/^(import|export) .* from /.test(line) && QUESTIONS.some((question) => question.test(line));
    const knows = ONE_ARCHITECTURE.test(line) && !KNOW_ONE.test(file);
    return asks || knows ? [`${file}:${i + 1}: ${line.trim()}`] : [];
  });
}

describe('outside its table, the architecture of a design', () => {
  it('is asked for nowhere', () => {
    expect(sources().flatMap(questions)).toEqual([]);
  });

  it.each([
    "if (config.dataflow === 'ws') return rows;",
    'const { arch, rows } = manifest.configuration;',
    'const { rows, dataflow: flow } = config;',
    'function peKind({ dataflow, reset }: Configuration): number {',
    "return kind === 'dot';",
    '  dataflow,',
    "if (arch === 'array') {",
    "const key = config['arch'];",
    "import { dotStages } from '../../gen/rtl/arch/dot/stages.js';",
  ])('would be found: %s', (line) => {
    expect(questions({ file: 'scripts/a.ts', lines: [line] })).toHaveLength(1);
  });

  it.each(["{ name: 'ws_16x16', rows: 16, dataflow: 'ws' },", "const raw = { arch: 'dot', lanes: 4 };"])(
    'is given in: %s',
    (line) => {
      expect(questions({ file: 'scripts/a.ts', lines: [line] })).toEqual([]);
    },
  );
});

describe('streams', () => {
  it.each([
    { rows: 4, cols: 6 },
    { rows: 4, cols: 6, wideActivations: ['int8'], wideWeights: ['int8'] },
    { rows: 4, cols: 6, clusterRows: 2, wideActivations: ['int8'], busSegment: 1 },
    { rows: 4, cols: 6, dataflow: 'ws', wideWeights: ['int8'] },
    { rows: 1, cols: 1, dataflow: 'ws', activations: ['int4'], weights: ['int4'] },
    { arch: 'dot', rows: 2, cols: 3, lanes: 5 },
    { arch: 'dot', rows: 2, cols: 3, lanes: 5, block: 15, activations: ['e5m2', 'int4'] },
    { rows: 2, cols: 3, pe: 'float', activations: ['e4m3'], weights: ['e5m2'] },
  ])('are all ports of %j but clock and reset', (raw) => {
    const { config, streams, top, a, w, accumulator, facts } = elaborate(validateConfiguration(raw));
    const [clock, reset, ...others] = top.ports;
    expect([clock?.name, reset?.name]).toEqual(['clk_i', 'rst_ni']);
    expect(allStreamPorts(streams)).toEqual(others);
    const fields = [...streams.inputs, streams.results].flatMap((stream) => stream.fields);
    for (const { port, width, lanes, laneBits } of fields) {
      expect(port.width).toBe(width);
      expect(lanes * laneBits).toBe(width);
    }
    const data = fields.filter(({ kind }) => kind === 'data');
    expect(data.map(({ of, lanes, laneBits }) => ({ of, lanes, laneBits }))).toEqual(
      expect.arrayContaining([
        { of: 'a', lanes: a.lanes, laneBits: a.codeBits },
        { of: 'w', lanes: w.lanes, laneBits: w.codeBits },
        { of: 'results', lanes: facts.tile.rowsPerBeat * config.cols, laneBits: accumulator.bits },
      ]),
    );
    expect(data).toHaveLength(3);
    expect(fields.filter(({ kind, everyBeat }) => (kind === 'data' || kind === 'scale') !== everyBeat)).toEqual([]);
    expect(streams.inputs.length).toBe(facts.tile.weightsStay ? 2 : 1);
  });
});
