import type { ScaleFormat } from '../numerics/blocks/scale-format.js';
import type { StreamSignals } from './axis.js';
import { input, type ModulePort, output } from './module.js';
import { typeMeaning } from './operand-text.js';
import type { OperandPort } from './port.js';

/** What a field of a stream carries: codes or results, a lane each; codes of scales; a type selector; the flag of 8-bit codes. */
export type FieldKind = 'data' | 'scale' | 'type' | 'mode';

/** A field of a stream: a port of the design besides valid, ready and last. */
export interface StreamField {
  readonly kind: FieldKind;
  /** Whose: of the activations, of the weights, of the results. */
  readonly of: 'a' | 'w' | 'results';
  readonly port: ModulePort;
  readonly width: number;
  /** The width is lanes x laneBits, lane 0 in the lowest bits; a selector is one lane. */
  readonly lanes: number;
  readonly laneBits: number;
  /** Whether it counts in every beat; else in the first beat of a tile only. */
  readonly everyBeat: boolean;
}

/**
 * A stream of beats with a valid/ready handshake. A beat passes at a rising clock edge with valid and ready high; the beats
 * up to one with last high are a tile's. Valid never waits for ready; ready of an input does not depend on valid.
 */
export interface Stream {
  /** Prefix of its valid, ready and last ports. */
  readonly name: 'in' | 'a' | 'w' | 'out';
  readonly direction: 'input' | 'output';
  readonly role: 'operands' | 'activations' | 'weights' | 'results';
  readonly valid: ModulePort;
  readonly ready: ModulePort;
  readonly last: ModulePort;
  readonly fields: readonly StreamField[];
}

/** The streams of a design: its ports but for clock and reset. */
export interface Streams {
  /** Those that bring operands: one, or one for the weights before one for the activations. */
  readonly inputs: readonly Stream[];
  readonly results: Stream;
}

/** The ports of a stream in the order in which modules list them. */
export const streamPorts = ({ valid, ready, last, fields }: Stream): ModulePort[] => [
  valid,
  ready,
  last,
  ...fields.map(({ port }) => port),
];

/** The signals of a stream, numbers apart from what is said of them. */
export function signalsOf({ fields, ...stream }: Stream): StreamSignals {
  const portsOf = (isData: boolean): ModulePort[] =>
    fields.filter(({ everyBeat }) => everyBeat === isData).map(({ port }) => port);
  return { ...stream, data: portsOf(true), user: portsOf(false) };
}

/** All ports of a design's streams. */
export const allStreamPorts = ({ inputs, results }: Streams): ModulePort[] => [...inputs, results].flatMap(streamPorts);

/** The field of a stream that has a kind and an owner; undefined if there is none. */
export const fieldOf = ({ fields }: Stream, kind: FieldKind, of: StreamField['of']): StreamField | undefined =>
  fields.find((field) => field.kind === kind && field.of === of);

/** What the ports of a stream mean. */
interface StreamText {
  readonly valid: string;
  readonly ready: string;
  readonly last: string;
}

/** A stream into the design. */
export function inputStream(
  name: 'in' | 'a' | 'w',
  role: Stream['role'],
  { valid, ready, last }: StreamText,
  fields: readonly StreamField[],
): Stream {
  return {
    ...{ name, direction: 'input', role, fields },
    valid: input(`${name}_valid_i`, 1, valid),
    ready: output(`${name}_ready_o`, 1, ready),
    last: input(`${name}_last_i`, 1, last),
  };
}

/** The stream out of the design: `lanes` results a beat. */
export function resultStream(
  { valid, ready, last }: StreamText,
  { lanes, laneBits, meaning }: { readonly lanes: number; readonly laneBits: number; readonly meaning: string },
): Stream {
  const width = lanes * laneBits;
  const port = output('out_data_o', width, meaning);
  return {
    ...{ name: 'out', direction: 'output', role: 'results' },
    valid: output('out_valid_o', 1, valid),
    ready: input('out_ready_i', 1, ready),
    last: output('out_last_o', 1, last),
    fields: [{ kind: 'data', of: 'results', port, width, lanes, laneBits, everyBeat: true }],
  };
}

/**
 * The fields of an operand port: its codes, the flag for 8-bit codes and the type.
 *
 * @param codes Which codes lie where.
 * @param wideMeaning What 8-bit codes mean for results.
 */
export function portFields(port: OperandPort, codes: string, wideMeaning = ''): StreamField[] {
  const { letter, role, lanes, codeBits, typeBits, wideTypes } = port;
  const data = input(`${letter}_data_i`, codeBits * lanes, `${role} codes, ${codes}`);
  const selector = (kind: FieldKind, name: string, width: number, meaning: string): StreamField => ({
    ...{ kind, of: letter, width, lanes: 1, laneBits: width, everyBeat: false },
    port: input(`${letter}_${name}_i`, width, `${meaning}; first beat of a tile`),
  });
  const eightBits = `1: ${role} codes have 8 bits, on two lanes each${wideMeaning}`;
  return [
    { kind: 'data', of: letter, port: data, width: codeBits * lanes, lanes, laneBits: codeBits, everyBeat: true },
    ...(wideTypes.length > 0 ? [selector('mode', 'wide', 1, eightBits)] : []),
    ...(typeBits > 0 ? [selector('type', 'type', typeBits, `${role} ${typeMeaning(port)}`)] : []),
  ];
}

/**
 * Which codes of an array's row or column lie where on a port.
 *
 * @param each Codes of a row or column.
 */
export function lanesOfArray({ letter, codeBits, lanes, wideTypes }: OperandPort, each: number): string {
  const [side, index] = letter === 'a' ? ['row', 'r'] : ['column', 'c'];
  if (each === 1) {
    const codes = (bits: number, count: number): string =>
      `${side} ${index} at [${index}*${bits} +: ${bits}] (${count} of them)`;
    return `${codes(codeBits, lanes)}${wideTypes.length > 0 ? `; of 8 bits: ${codes(2 * codeBits, lanes / 2)}` : ''}`;
  }
  const halves = `; of 8 bits: low half of ${side} ${index} in ${side} 2*${index}, high half in ${side} 2*${index}+1, same lane`;
  const code = `${side} ${index}, lane l at [(${index}*${each}+l)*${codeBits} +: ${codeBits}]`;
  return `${code} (${lanes} of them)${wideTypes.length > 0 ? halves : ''}`;
}

/** The scales of the blocks of a port: a code for each of its rows or columns. */
export function scaleField({ letter, role }: OperandPort, { name, bits }: ScaleFormat, sides: number): StreamField {
  const [side, index] = letter === 'a' ? ['row', 'r'] : ['column', 'c'];
  const meaning = `scales of the ${role} blocks, ${name}, ${side} ${index} at [${index}*${bits} +: ${bits}]; last beat of a block`;
  const width = bits * sides;
  const port = input(`${letter}_scale_i`, width, meaning);
  return { kind: 'scale', of: letter, port, width, lanes: sides, laneBits: bits, everyBeat: true };
}

/** What 8-bit weights mean for results. */
export const HALF_THE_COLUMNS = ': results on even columns only';
