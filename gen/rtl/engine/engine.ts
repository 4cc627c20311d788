import { biasBits, type Machine, typeBits, typeNumber, wordBytes } from '../../commands/machine.js';
import {
  type EngineConfiguration,
  engineCommand,
  engineHash,
  requantiseLanesOf,
  wordsOf,
} from '../../config/engine.js';
import { validateRequantiser } from '../../config/requantiser.js';
import { validateConfiguration } from '../../config/validate.js';
import { type Design, elaborate } from '../design.js';
import { type InstanceView, instance } from '../instance.js';
import type { ModulePort, ModuleView } from '../module.js';
import { clock, reset } from '../ports.js';
import { elaborateLanes, type RequantiserLanes } from '../requantise/design.js';
import { zeroExtend } from '../verilog.js';
import { busWidths, type EngineBus } from './bus.js';
import { PRODUCT_BITS } from './compute/common.js';
import { computeModules } from './compute/unit.js';
import { burstsModule, readModule, writeModule } from './dma.js';
import { fifoModule } from './fifo.js';
import { bufferMemory, type EngineMemory, type HoldsMemories, memoriesOf } from './memories.js';
import { queueModule } from './queue.js';
import { dualPortRam } from './ram.js';
import { type EngineFacts, registersModule } from './registers.js';
import { bufferOf, type EngineBuffer, type EngineShape, engineBuffers, leastTileBits } from './shape.js';
import { fetchModule, jobModule, loadModule, storeModule, tokensModule } from './units.js';

/** An engine with every width, port and file name computed. */
export interface EngineDesign extends EngineShape {
  readonly config: EngineConfiguration;
  readonly hash: string;
  readonly command: string;
  readonly array: Design;
  readonly requantiser: RequantiserLanes;
  readonly buffers: readonly EngineBuffer[];
  readonly memories: readonly EngineMemory[];
  /** In compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  readonly top: ModuleView;
}

/** Types of a port of the array: those of 4 bits, and those of 8, which are pairs of them. */
function portTypes(names: readonly string[]): { readonly narrow: string[]; readonly wide: string[] } {
  const isWide = (name: string): boolean => typeBits(typeNumber(name)) === 8;
  return { narrow: names.filter((name) => !isWide(name)), wide: names.filter(isWide) };
}

/** Elaborates an engine. @throws ConfigurationError for rules that need the elaborated widths. */
export function elaborateEngine(config: EngineConfiguration): EngineDesign {
  const { name, rows, cols, lanes, pipeline, maxK, rounding, reset: kind } = config;
  const { busBits, addressBits, outstanding } = config;
  const bus: EngineBus = { name, busBits, addressBits, outstanding, reset: kind };
  const requantiseLanes = requantiseLanesOf(config);
  const [activations, weights] = [portTypes(config.activations), portTypes(config.weights)];
  const array = elaborate(
    validateConfiguration({
      ...{ name, rows, cols, lanes, pipeline, maxK, reset: kind, busSegment: rows },
      ...{ activations: activations.narrow, wideActivations: activations.wide },
      ...{ weights: weights.narrow, wideWeights: weights.wide },
    }),
  );
  const accumulatorBits = array.accumulator.bits;
  const requantiser = elaborateLanes({
    ...validateRequantiser({
      ...{ name: `${name}_out`, types: config.activations, lanes: requantiseLanes },
      ...{ sumBits: accumulatorBits, biasBits: biasBits({ accumulatorBits }), multiplierBits: 16, shiftBits: 6 },
      ...{ addendBits: PRODUCT_BITS, clip: 'bounds', rounding, reset: kind },
    }),
    addendIsProduct: true,
  });
  const machine: Machine = {
    ...{ rows, cols, lanes, requantiseLanes, words: wordsOf(config), rounding },
    activationTypes: config.activations,
    weightTypes: config.weights,
    resultTypes: config.activations,
    accumulatorBits,
  };
  const shape: EngineShape = { bus, machine };
  const units = {
    registers: registersModule(bus, factsOf(machine)),
    ...{ job: jobModule(shape), fetch: fetchModule(shape), tokens: tokensModule(shape) },
    ...{
      queue: queueModule(bus),
      read: readModule(bus, 1),
      write: writeModule(bus),
      load: loadModule(shape),
      store: storeModule(shape),
    },
  };
  const computing = computeModules(shape, { array, requantiser });
  const ram = dualPortRam(name);
  const top = topModule(shape, units, { compute: computing.at(-1) as ModuleView, ram });
  const modules = [
    ...coreModules(array),
    ...requantiser.modules,
    ...[ram, fifoModule(bus), burstsModule(bus), units.read, units.write, units.registers, units.job, units.fetch],
    ...[units.queue, units.tokens, units.load, units.store, ...computing, top],
  ];
  return {
    ...{ ...shape, config, hash: engineHash(config), command: engineCommand(config) },
    ...{ array, requantiser, buffers: engineBuffers(shape), memories: memoriesOf(modules), modules, top },
  };
}

/** The modules in the core of an array. */
function coreModules({ config, modules }: Design): ModuleView[] {
  const around = ['array', 'input', 'control', 'output', 'pair_cols', 'pair_rows', 'correct'].map(
    (part) => `${config.name}_${part}`,
  );
  return modules.filter(({ name }) => name.startsWith(config.name) && !around.includes(name));
}

const factsOf = (machine: Machine): EngineFacts => ({
  ...{ rows: machine.rows, cols: machine.cols, lanes: machine.lanes, requantiseLanes: machine.requantiseLanes },
  ...{ roundsToEven: machine.rounding === 'even', accumulatorBits: machine.accumulatorBits },
  ...{ activationWords: machine.words.activation, weightWords: machine.words.weight },
  ...{ constantWords: machine.words.constant, outputWords: machine.words.output },
  activationTypes: machine.activationTypes.map(typeNumber),
  weightTypes: machine.weightTypes.map(typeNumber),
  resultTypes: machine.resultTypes.map(typeNumber),
});

interface TopView extends HoldsMemories {
  readonly [part: string]: unknown;
}

interface Units {
  readonly registers: ModuleView;
  readonly job: ModuleView;
  readonly fetch: ModuleView;
  readonly tokens: ModuleView;
  readonly queue: ModuleView;
  readonly read: ModuleView;
  readonly write: ModuleView;
  readonly load: ModuleView;
  readonly store: ModuleView;
}

const UNITS = ['load', 'compute', 'store'] as const;

function topModule(
  shape: EngineShape,
  units: Units,
  { compute, ram }: { compute: ModuleView; ram: ModuleView },
): TopView {
  const { bus, machine } = shape;
  const { name } = bus;
  const { laneBits } = busWidths(bus);
  const buffers = engineBuffers(shape);
  const table = bufferOf(shape, 'table');
  const common: Readonly<Record<string, string>> = {
    clk_i: 'clk_i',
    rst_ni: 'rst_ni',
    clear_i: 'clear',
    halt_i: 'halt',
  };
  const isBus = (port: string): boolean => /^(m_axi_|s_axil_)|^irq_o$/.test(port);
  const place = (module: ModuleView, more: (port: string) => string | undefined): InstanceView =>
    instance(module, (port) => common[port] ?? (isBus(port) ? port : more(port)));
  /** A wire of a unit's own, `<unit>_<port>`. */
  const bare = (port: string): string => port.replace(/_[io]$/, '');
  const ofUnit = (port: string): string | undefined => {
    if (/^base\d_i$/.test(port)) return bare(port);
    if (port === 'read_ready_i') return 'store_read_ready';
    if (port === 'read_data_i') return 'output_read_data';
    return undefined;
  };
  const ports: ModulePort[] = [
    clock,
    reset,
    ...units.registers.ports.filter(({ name: port }) => isBus(port)),
    ...units.read.ports.filter(({ name: port }) => isBus(port)),
    ...units.write.ports.filter(({ name: port }) => isBus(port)),
  ];
  const jobWires = (port: string): string => {
    const unitPort = /^(load|compute|store)_(error|range|head|error_head)_i$/.exec(port);
    if (unitPort) return `${unitPort[1]}_${unitPort[2]}`;
    if (port === 'load_range_address_i') return 'load_address';
    if (port === 'store_range_address_i') return 'store_read_address';
    if (port === 'read_error_fetch_i') return 'read_error_command';
    if (port === 'finished_i') return 'fetch_finished';
    if (port === 'start_i') return 'start_job';
    if (port === 'stop_i') return 'stop_job';
    if (port === 'bytes_out_i') return 'store_bytes';
    return bare(port);
  };
  const readWires: Readonly<Record<string, string>> = {
    ...{ command_valid_i: 'fetch_start_valid', command_ready_o: 'fetch_start_ready' },
    ...{ command_address_i: 'fetch_start_address', stop_i: 'halt' },
    ...{
      error_o: 'read_error',
      error_decode_o: 'unused_read_decode',
      error_address_o: 'read_error_address',
      idle_o: 'read_idle',
    },
    ...{ error_command_o: 'read_error_command', error_tag_o: 'read_error_tag' },
  };
  const writeWires: Readonly<Record<string, string>> = {
    ...{
      word_valid_i: 'store_word_valid',
      word_ready_o: 'store_word_ready',
      word_i: 'store_word',
      done_o: 'store_done',
      stop_i: 'halt',
    },
    ...{
      error_o: 'write_error',
      error_decode_o: 'unused_write_decode',
      error_address_o: 'write_error_address',
      idle_o: 'write_idle',
    },
  };
  const instances = {
    registers: place(units.registers, bare),
    job: place(units.job, (port) =>
      port === 'clear_o' ? 'clear' : port === 'halt_o' ? 'halt' : port === 'begin_o' ? 'begin_job' : jobWires(port),
    ),
    fetch: place(units.fetch, (port) => {
      const more: Readonly<Record<string, string>> = {
        ...{
          begin_i: 'begin_job',
          start_i: 'start',
          taken_i: '{store_taken, compute_taken, load_taken}',
          units_idle_i: 'units_idle',
        },
        ...{ word_i: 'word', word_last_i: 'word_last', word_valid_i: 'fetch_word_valid' },
      };
      return more[port] ?? `fetch_${bare(port)}`;
    }),
    tokens: place(units.tokens, bare),
    queues: queues(units.queue, common),
    read: place(
      units.read,
      (port) => readWires[port] ?? (port.startsWith('start_') ? `load_${bare(port)}` : bare(port)),
    ),
    write: place(units.write, (port) => writeWires[port] ?? `store_${bare(port)}`),
    load: place(units.load, (port) => {
      if (port === 'error_tag_i') return 'read_error_tag';
      const shared = [
        'word_i',
        'word_bytes_i',
        'word_run_last_i',
        'word_repetition_last_i',
        'word_last_i',
        'output_ready_i',
      ];
      return ofUnit(port) ?? (shared.includes(port) ? bare(port) : `load_${bare(port)}`);
    }),
    store: place(units.store, (port) => ofUnit(port) ?? `store_${bare(port)}`),
    compute: place(compute, (port) => {
      const more: Readonly<Record<string, string>> = {
        ...{ a_data_i: 'activation_read_data', w_data_i: 'weight_read_data', constant_data_i: 'constant_read_data' },
        ...{ second_data_i: 'output_read_data', table_write_i: 'load_table_write', table_data_i: 'load_table_data' },
        table_address_i: `load_address[${table.addressBits - 1}:0]`,
        ...{ stepping_o: 'array_steps', waits_token_o: 'token_waits', waits_requantiser_o: 'requantiser_full' },
      };
      return ofUnit(port) ?? more[port] ?? `compute_${bare(port)}`;
    }),
  };
  const rams = buffers.filter((buffer) => buffer.name !== 'table');
  const output_ = buffers.find((buffer) => buffer.name === 'output') as EngineBuffer;
  const parts = (8 * wordBytes(machine, 'output')) / leastTileBits(machine);
  const declared = new Set([...ports.map(({ name: port }) => port), 'clk_i', 'rst_ni']);
  const wires = [
    ...wiresOf(
      [
        [units.registers, instances.registers],
        [units.job, instances.job],
        [units.fetch, instances.fetch],
        [units.tokens, instances.tokens],
        [units.read, instances.read],
        [units.write, instances.write],
        [units.load, instances.load],
        [units.store, instances.store],
        [compute, instances.compute],
        ...instances.queues.map((each) => [units.queue, each] as const),
      ],
      declared,
    ),
  ];
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/engine/engine.v',
    title: `Engine: an accelerator from memory to memory around ${machine.rows} x ${machine.cols} PEs.`,
    ports,
    wires: [
      ...wires,
      ...[
        { name: 'units_idle', width: 1 },
        { name: 'word_ready', width: 1 },
        { name: 'bytes_in', width: 32 },
        { name: 'output_ready', width: 1 },
        { name: 'store_read_ready', width: 1 },
        { name: 'output_read', width: 1 },
        { name: 'output_read_address', width: output_.addressBits },
        { name: 'output_write', width: output_.lanes },
        { name: 'output_address', width: output_.addressBits },
        { name: 'output_data', width: output_.wordBits },
        ...buffers
          .filter((buffer) => buffer.name !== 'table')
          .map((buffer) => ({ name: `${buffer.name}_read_data`, width: buffer.wordBits })),
      ],
    ],
    ...instances,
    wordBytesWide: zeroExtend('word_bytes', laneBits + 1, 32),
    buffers: rams.map((buffer) => ramView(ram, buffer)),
    memories: rams.map((buffer) => bufferMemory(ram, buffer)),
    computeLanes:
      parts === output_.lanes
        ? 'compute_output_write'
        : `{${Array.from({ length: parts }, (_, i) => `{${output_.lanes / parts}{compute_output_write${parts > 1 ? `[${parts - 1 - i}]` : ''}}}`).join(', ')}}`,
    outputAddress: output_.addressBits === 16 ? '' : `[${output_.addressBits - 1}:0]`,
  };
}

/** The queues in front of the units: what fetch gives them. */
const queues = (queue: ModuleView, common: Readonly<Record<string, string>>) =>
  UNITS.map((unit, i) => ({
    ...instance(queue, (port) => {
      const own: Readonly<Record<string, string>> = {
        ...{ push_i: `fetch_push[${i}]`, beat_i: 'fetch_beat', place_i: 'fetch_place', idle_o: `${unit}_queue_idle` },
        ...{ valid_o: `${unit}_beat_valid`, ready_i: `${unit}_beat_ready`, beat_o: `${unit}_beat` },
        place_o: `${unit}_place`,
      };
      return common[port] ?? own[port];
    }),
    label: `u_${unit}_queue`,
  }));

/** Wires of the outputs of instances, by name, each once. */
function wiresOf(placed: readonly (readonly [ModuleView, InstanceView])[], declared: Set<string>) {
  return placed.flatMap(([module, { ports }]) =>
    module.ports.flatMap(({ direction, width }, i) => {
      const wire = ports[i]?.name ?? '';
      if (direction !== 'output' || declared.has(wire)) return [];
      declared.add(wire);
      return [{ name: wire, width: width as number }];
    }),
  );
}

function ramView(ram: ModuleView, { name, wordBits, words, addressBits, lanes }: EngineBuffer) {
  const address = (wire: string): string => (addressBits === 16 ? wire : `${wire}[${addressBits - 1}:0]`);
  const shared = name === 'output';
  const reader = { activation: 'compute_a', weight: 'compute_w', constant: 'compute_constant', output: '', table: '' }[
    name
  ];
  const read = shared ? 'output_read' : `${reader}_read`;
  const from = shared ? 'output_read_address' : address(`${reader}_address`);
  const wires: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', read_i: read, read_address_i: from, read_data_o: `${name}_read_data` },
    write_i: shared ? 'output_write' : `load_${name}_write`,
    write_address_i: shared ? 'output_address' : address('load_address'),
    write_data_i: shared ? 'output_data' : `load_${name}_data`,
  };
  return {
    ...instance(ram, (port) => wires[port]),
    label: `u_${name}`,
    parameters: [
      { port: 'WIDTH', name: String(wordBits) },
      { port: 'WORDS', name: String(words) },
      { port: 'ADDRESS_BITS', name: String(addressBits) },
      { port: 'LANES', name: String(lanes) },
    ],
  };
}
