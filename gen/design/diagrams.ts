import { createRequire } from 'node:module';
import type { Design } from '../rtl/design.js';
import { inPorts } from '../rtl/port-map.js';
import { type Identity, identityLines } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import type { RenderedFile } from './rendered-file.js';

/** The block diagram of a design, with its bus widths. */
export function renderBlockDiagram({ diagram, top }: Design, identity: Identity): RenderedFile {
  const header = xmlComment(identityLines(`Block diagram of ${top.name}.`, identity));
  return { path: 'block-diagram.svg', text: renderTemplate(diagram.template, { header, ...diagram.view }) };
}

/** A comment may hold no two hyphens in a row: the flags of the command get a space between them. */
export function xmlComment(lines: readonly string[]): string {
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
  const { config, timing, top, facts } = design;
  const { weightsStay, resultsTogether, rowsPerBeat, beats } = facts.tile;
  const out = outputWaves(weightsStay ? 3 : config.rows / rowsPerBeat, rowsPerBeat);
  const signal: Lane[] = [
    { name: 'clk_i', wave: `p.....|${out.clock}` },
    ...(weightsStay ? stationaryInputs(design, out.hold) : jointInputs(design, out.hold)),
    {},
    { name: 'out_valid_o', wave: `0.....|${out.valid}` },
    { name: 'out_ready_i', wave: `1.....|${out.ready}` },
    { name: 'out_data_o', wave: `x.....|${out.data}`, data: resultsTogether ? ['results'] : out.rows },
    { name: 'out_last_o', wave: `x.....|${out.last}` },
  ];
  const source = {
    signal: signal.map((lane) => inPortsOf(design, lane)),
    config: { hscale: 2 },
    head: { text: `${top.name}: a tile of ${weightsStay ? '3 rows of activations' : '3 beats'}` },
    foot: {
      text: `${timing.latency.cycles} cycles from the last beat in to the ${resultsTogether ? 'results' : timing.latency.to} out; tiles of ${beats} beats follow every ${timing.tilePeriod.formula} cycles`,
    },
  };
  const { renderAny, waveSkin, onml } = waveDrom();
  const svg = onml.stringify(renderAny(0, source, waveSkin));
  const comment = xmlComment(identityLines(`Stream timing of ${top.name}.`, identity));
  return { path: 'timing.svg', text: `<!--\n${comment}\n-->\n${svg}\n` };
}

/** A lane with the ports in which its signals are, each once. */
function inPortsOf({ ports }: Design, { name, ...lane }: Lane): Lane {
  if (name === undefined) return lane;
  const names = name.split(', ').map((signal) => inPorts(ports, signal).replace(/\[.*\]$/, ''));
  return { name: [...new Set(names)].join(', '), ...lane };
}

/** Three beats of activations and weights together, with an idle cycle; `hold` is the wave of what comes after. */
function jointInputs({ a, w, facts }: Design, hold: string): Lane[] {
  const selectors = [a, w].filter(({ typeBits }) => typeBits > 0).map(({ letter }) => `${letter}_type_i`);
  return [
    { name: 'in_valid_i', wave: `01.010|.${hold}` },
    { name: 'in_ready_o', wave: `1.....|x${hold}` },
    {
      name: 'a_data_i, w_data_i',
      wave: `x22x2x|.${hold}`,
      data: [0, 1, 2].map((beat) => `${facts.tile.beatLabel}${beat}`),
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

/** The waves of the output stream after the gap: the first beat waits a cycle for ready; more beats; the last. */
function outputWaves(beats: number, rowsPerBeat: number) {
  const label = (beat: number): string =>
    rowsPerBeat === 1 ? `row ${beat}` : `rows ${beat * rowsPerBeat} .. ${(beat + 1) * rowsPerBeat - 1}`;
  if (beats === 1) {
    return { clock: '...', hold: '..', valid: '1.0', ready: '01.', data: '4.x', last: '1.x', rows: [label(0)] };
  }
  if (beats === 2) {
    const labels = [label(0), label(1)];
    return { clock: '....', hold: '...', valid: '1..0', ready: '01..', data: '4.4x', last: '0.1x', rows: labels };
  }
  if (beats === 3) {
    const labels = [label(0), label(1), label(2)];
    return { clock: '.....', hold: '....', valid: '1...0', ready: '01...', data: '4.44x', last: '0..1x', rows: labels };
  }
  return {
    clock: '...|..',
    hold: '..|..',
    valid: '1..|.0',
    ready: '01.|..',
    data: '4.4|4x',
    last: '0..|1x',
    rows: [label(0), label(1), label(beats - 1)],
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
