import { COMMAND_BYTES } from '../../commands/table.js';
import { input, type ModulePort, output } from '../module.js';
import { clock, reset } from '../ports.js';
import { literal, replicate, zeroExtend } from '../verilog.js';
import { type BusWidths, busWidths, COUNT_BITS, type EngineBus, RUN_BITS, STEP_BITS } from './bus.js';
import { type EngineModuleView, engineModule } from './view.js';

interface BusView extends EngineModuleView, EngineBus, BusWidths {
  readonly fifo: string;
}

const view = <More extends object>(
  bus: EngineBus,
  suffix: string,
  own: { readonly title: string; readonly ports: readonly ModulePort[] } & More,
): BusView & More => ({
  ...bus,
  ...busWidths(bus),
  fifo: `${bus.name}_fifo`,
  ...engineModule(bus, suffix, own),
});

/**
 * Ports of a transfer: runs of bytes, and repetitions of them.
 *
 * @param end Whether the module offers transfers or takes them.
 */
export function transferPorts({ addressBits }: EngineBus, end: 'offers' | 'takes'): ModulePort[] {
  const [given, taken] =
    end === 'offers'
      ? ([
          [output, 'o'],
          [input, 'i'],
        ] as const)
      : ([
          [input, 'i'],
          [output, 'o'],
        ] as const);
  const forth = (name: string, bits: number, text: string): ModulePort =>
    given[0](`start_${name}_${given[1]}`, bits, text);
  return [
    forth('valid', 1, 'a transfer is offered, and stays until it is accepted'),
    taken[0](`start_ready_${taken[1]}`, 1, 'it is accepted: all of its bursts are asked for'),
    forth('address', addressBits, 'of the first byte'),
    forth('bytes', RUN_BITS, 'of a run, at least 1'),
    forth('count1', COUNT_BITS, 'runs, at least 1'),
    forth('count2', COUNT_BITS, 'repetitions, at least 1'),
    forth('step1', STEP_BITS, "from the start of a run to that of the next, two's complement"),
    forth('step2', STEP_BITS, 'from the start of a repetition to that of the next, likewise'),
  ];
}

/** Ports of the reads of commands. */
const readsOfCommands = ({ addressBits }: EngineBus): ModulePort[] => [
  input('command_valid_i', 1, 'a read of a command is offered, and stays until it is accepted'),
  output('command_ready_o', 1, 'it is accepted'),
  input('command_address_i', addressBits, 'of the command'),
];

const control: readonly ModulePort[] = [
  input('stop_i', 1, 'stay until idle_o, then pulse clear_i'),
  input('clear_i', 1, 'begin anew after an error or a stop'),
];

const faults = ({ addressBits }: EngineBus): ModulePort[] => [
  output('error_o', 1, 'a response is an error, for one cycle'),
  output('error_decode_o', 1, 'it is DECERR, not SLVERR'),
  output('error_address_o', addressBits, 'of the burst'),
  output('idle_o', 1, 'nothing is under way'),
];

/** The channel that asks for reads (`ar`) or writes (`aw`). */
const addressChannel = (letter: 'ar' | 'aw', { addressBits }: EngineBus): ModulePort[] => [
  output(`m_axi_${letter}valid`, 1, 'AXI4'),
  input(`m_axi_${letter}ready`, 1, 'AXI4'),
  output(`m_axi_${letter}addr`, addressBits, 'AXI4: of the first beat'),
  output(`m_axi_${letter}len`, 8, 'AXI4: beats less 1'),
  output(`m_axi_${letter}size`, 3, 'AXI4: whole beats'),
  output(`m_axi_${letter}burst`, 2, 'AXI4: INCR'),
];

export const readChannels = (bus: EngineBus): ModulePort[] => [
  ...addressChannel('ar', bus),
  input('m_axi_rvalid', 1, 'AXI4'),
  output('m_axi_rready', 1, 'AXI4'),
  input('m_axi_rdata', bus.busBits, 'AXI4'),
  input('m_axi_rresp', 2, 'AXI4'),
  input('m_axi_rlast', 1, 'AXI4'),
];

export const writeChannels = (bus: EngineBus): ModulePort[] => [
  ...addressChannel('aw', bus),
  output('m_axi_wvalid', 1, 'AXI4'),
  input('m_axi_wready', 1, 'AXI4'),
  output('m_axi_wdata', bus.busBits, 'AXI4'),
  output('m_axi_wstrb', bus.busBits / 8, 'AXI4'),
  output('m_axi_wlast', 1, 'AXI4'),
  input('m_axi_bvalid', 1, 'AXI4'),
  output('m_axi_bready', 1, 'AXI4'),
  input('m_axi_bresp', 2, 'AXI4'),
];

const signExtend = (name: string, from: number, to: number): string =>
  from === to ? name : `{${replicate(to - from, `${name}[${from - 1}]`)}, ${name}}`;

interface BurstsView extends BusView {
  readonly window: number;
  readonly windowReason: string;
  readonly commandBytes: number;
  readonly toWindow: string;
  readonly offset: string;
  readonly one: string;
  readonly step: string;
  readonly oneWindow: string;
  readonly beats: string;
}

export function burstsModule(bus: EngineBus): BurstsView {
  const { addressBits } = bus;
  const { laneBits, windowBits } = busWidths(bus);
  const window = 2 ** windowBits;
  return view(bus, 'bursts', {
    title: 'Bursts of a transfer.',
    ports: [
      clock,
      reset,
      input('stop_i', 1, '1: offer no further burst, forget the transfer'),
      ...transferPorts(bus, 'takes'),
      ...readsOfCommands(bus),
      input('room_i', 1, 'one more burst may be under way'),
      output('burst_valid_o', 1, 'a burst is offered'),
      input('burst_ready_i', 1, 'an offered burst is accepted'),
      output('burst_address_o', addressBits, 'of its first byte'),
      output('burst_beats_o', 8, 'less 1'),
      output('burst_end_o', laneBits, 'place of its last byte in a beat'),
      output('burst_first_o', 1, 'it is the first of its run'),
      output('burst_run_last_o', 1, 'it is the last of its run'),
      output('burst_repetition_last_o', 1, 'its run is the last of its repetition'),
      output('burst_last_o', 1, 'its run is the last of all'),
      output('burst_command_o', 1, 'it reads a command'),
      output('active_o', 1, 'bursts are to come'),
    ],
    window,
    windowReason:
      window === 4096 ? 'AXI forbids that it passes one' : 'it has 256 beats at most, and 4096 is one of them',
    commandBytes: COMMAND_BYTES,
    toWindow: zeroExtend('to_window', windowBits + 1, RUN_BITS),
    offset: zeroExtend('address_q[LANE_BITS-1:0]', laneBits, windowBits),
    one: literal(windowBits, 1),
    step: signExtend('step', STEP_BITS, addressBits),
    oneWindow: literal(addressBits - windowBits, 1),
    beats: zeroExtend('reach[WINDOW_BITS-1:LANE_BITS]', windowBits - laneBits, 8),
  });
}

interface ReadView extends BusView {
  readonly bursts: string;
  readonly outstandingLog2: number;
  readonly tagBits: number;
  readonly oneByte: string;
}

/** @param tagBits Of what a transfer carries along to its words. */
export function readModule(bus: EngineBus, tagBits: number): ReadView {
  const { laneBits } = busWidths(bus);
  return view(bus, 'read', {
    title: 'Reads memory.',
    ports: [
      clock,
      reset,
      ...transferPorts(bus, 'takes'),
      input('start_tag_i', tagBits, 'comes back with the words'),
      ...readsOfCommands(bus),
      output('word_valid_o', 1, 'a word is offered'),
      input('word_ready_i', 1, 'an offered word is accepted'),
      output('word_o', bus.busBits, 'bytes of a run'),
      output('word_bytes_o', laneBits + 1, 'how many; the others are 0'),
      output('word_run_last_o', 1, 'it is the last of its run'),
      output('word_repetition_last_o', 1, 'it is the last of its repetition'),
      output('word_last_o', 1, 'it is the last of its transfer'),
      output('word_command_o', 1, 'it is of a command'),
      output('word_tag_o', tagBits, 'of its transfer'),
      ...control,
      ...faults(bus),
      output('error_command_o', 1, 'it was asked for a command'),
      output('error_tag_o', tagBits, 'of its transfer'),
      ...readChannels(bus),
    ],
    bursts: `${bus.name}_bursts`,
    outstandingLog2: Math.log2(bus.outstanding),
    tagBits,
    oneByte: literal(laneBits + 1, 1),
  });
}

interface WriteView extends BusView {
  readonly bursts: string;
  readonly outstandingLog2: number;
  readonly oneLane: string;
}

export function writeModule(bus: EngineBus): WriteView {
  const { laneBits } = busWidths(bus);
  return view(bus, 'write', {
    title: 'Writes memory.',
    ports: [
      clock,
      reset,
      ...transferPorts(bus, 'takes'),
      input('word_valid_i', 1, 'a word is offered'),
      output('word_ready_o', 1, 'an offered word is accepted'),
      input('word_i', bus.busBits, 'bytes of a run'),
      output('done_o', 1, 'all of a transfer is in memory, for one cycle'),
      ...control,
      ...faults(bus),
      ...writeChannels(bus),
    ],
    bursts: `${bus.name}_bursts`,
    outstandingLog2: Math.log2(bus.outstanding),
    oneLane: literal(laneBits + 1, 1),
  });
}
