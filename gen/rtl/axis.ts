import { type InstanceView, instance } from './instance.js';
import type { ModulePort, ModuleView } from './module.js';
import { type DescribedPort, joined, ownPorts, type PortMap, paddingOf, placeOf } from './port-map.js';
import { literal, slice } from './verilog.js';

/** The signals of a stream, those of its beats by what they are: numbers, or what is said of them. */
export interface StreamSignals {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly valid: ModulePort;
  readonly ready: ModulePort;
  readonly last: ModulePort;
  readonly data: readonly ModulePort[];
  readonly user: readonly ModulePort[];
}

/** The ports of a stream as modules list them. */
export const signalPorts = ({ valid, ready, last, data, user }: StreamSignals): ModulePort[] => [
  valid,
  ready,
  last,
  ...data,
  ...user,
];

/**
 * A design with the ports that its configuration asks for.
 *
 * @param modules In compile order; the last has all signals of the streams at ports of their own.
 */
export function withPorts(
  { ports: names, name }: { readonly ports: 'own' | 'axis'; readonly name: string },
  modules: readonly ModuleView[],
  streams: readonly StreamSignals[],
): { readonly modules: readonly ModuleView[]; readonly ports: PortMap } {
  if (names === 'own') return { modules, ports: ownPorts(streams.flatMap(signalPorts)) };
  const ports = axisPorts(streams);
  return { modules: [...modules, axisModule(name, modules.at(-1) as ModuleView, ports)], ports };
}

/** The instance of the design in the module around it. */
const INNER = 'u_design';

/** Where in the top an instance of the design is, levels apart by `/`. */
export const pathInTop = ({ ports }: { readonly ports: 'own' | 'axis' }, instanceName: string): string =>
  ports === 'own' ? instanceName : `${INNER}/${instanceName}`;

const BYTE = 8;

/**
 * The ports of streams by the names of AXI4-Stream: `s_axis_<stream>_tdata` and so on, `m_axis_` for streams that leave. Numbers are
 * in `tdata`, each signal from a whole byte on; what is said of them is in `tuser`, without padding.
 */
export const axisPorts = (streams: readonly StreamSignals[]): DescribedPort[] =>
  streams.flatMap(({ name, direction, valid, ready, last, data, user }) => {
    const prefix = `${direction === 'input' ? 's' : 'm'}_axis_${name}`;
    const packed = (suffix: string, signals: readonly ModulePort[], unit: number): DescribedPort[] =>
      signals.length === 0 ? [] : [packedPort(`${prefix}_${suffix}`, signals, unit)];
    return [
      ...packed('tvalid', [valid], 1),
      ...packed('tready', [ready], 1),
      ...packed('tdata', data, BYTE),
      ...packed('tuser', user, 1),
      ...packed('tlast', [last], 1),
    ];
  });

/** Signals side by side, the first in the lowest bits, each in whole units of bits. */
function packedPort(name: string, signals: readonly ModulePort[], unit: number): DescribedPort {
  let next = 0;
  const parts = signals.map((signal) => {
    const [low, width] = [next, Number(signal.width)];
    next += Math.ceil(width / unit) * unit;
    return { signal: signal.name, low, width };
  });
  const packed = { width: next, parts };
  const texts = signals.map(({ meaning }, i) => {
    const { low = 0, width = 0 } = parts[i] ?? {};
    return signals.length === 1 ? meaning : `[${range(low, width)}] ${meaning}`;
  });
  const padding = paddingOf(packed).map(({ low, width }) => `[${range(low, width)}] padding`);
  const direction = signals[0]?.direction ?? 'input';
  return { name, direction, ...packed, meaning: [...texts, ...padding].join('; ') };
}

const range = (low: number, width: number): string => (width === 1 ? `${low}` : `${low + width - 1}:${low}`);

interface AxisView extends ModuleView {
  /** The ports, each with the signals that are in it. */
  readonly listed: readonly ModulePort[];
  readonly inner: InstanceView;
  readonly label: string;
  /** The padding of inputs, and that of outputs, where there is any: one list or none. */
  readonly ignored: readonly { readonly wires: readonly { readonly name: string; readonly bits: string }[] }[];
  readonly zeros: readonly { readonly bits: readonly { readonly name: string; readonly value: string }[] }[];
}

/**
 * The module that has AXI4-Stream ports and the design behind them.
 *
 * @param design Its name, the prefix of its modules.
 * @param inner The design with ports of its own names.
 */
export function axisModule(design: string, inner: ModuleView, ports: readonly DescribedPort[]): AxisView {
  const name = `${design}_top`;
  const place = placeOf(ports);
  const others = inner.ports.filter((port) => place(port.name) === undefined);
  const padded = (direction: ModulePort['direction']) =>
    ports
      .filter((port) => port.direction === direction)
      .flatMap((port) =>
        paddingOf(port).map(({ low, width }) => ({
          port: port.name,
          bits: slice(port.name, port.width, low + width - 1, low),
          low,
          width,
        })),
      );
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/axis.v',
    title: `AXI4-Stream ports of ${inner.name}: wires alone.`,
    ports: [...others, ...ports],
    listed: [
      ...others,
      ...ports.map((port) => ({
        ...port,
        meaning: joined(
          port,
          (signal) => signal,
          (width) => `${width}'bx`,
        ),
      })),
    ],
    label: INNER,
    inner: instance(inner, (port) => place(port) ?? port),
    ignored: listOfAny(padded('input')).map((all) => ({
      wires: all.map(({ port, bits, low }) => ({ name: `unused_${port}_${low}`, bits })),
    })),
    zeros: listOfAny(padded('output')).map((all) => ({
      bits: all.map(({ bits, width }) => ({ name: bits, value: literal(width, 0) })),
    })),
  };
}

const listOfAny = <T>(all: readonly T[]): (readonly T[])[] => (all.length > 0 ? [all] : []);
