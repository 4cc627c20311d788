import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, StreamPort } from '../../gen/design/manifest.js';
import { joined, paddingOf, placeOf } from '../../gen/rtl/port-map.js';
import { renderTemplate } from '../../gen/rtl/render/templates.js';
import { replicate, slice } from '../../gen/rtl/verilog.js';
import { scratchFolder } from '../tools/verilator.js';

/** What a simulation is built of: the module at the top, and Verilog files. */
export interface SimulatedTop {
  readonly top: string;
  readonly verilog: readonly string[];
}

type Ported = Pick<Manifest, 'top' | 'streamPorts'> & {
  readonly modules: readonly Pick<Manifest['modules'][number], 'name' | 'ports'>[];
};

const TOP = 'own_ports';

/** Whether each signal of the streams has a port of its own, of the same name. */
const hasOwnPorts = ({ streamPorts }: Ported): boolean =>
  streamPorts.every(({ name, parts }) => parts.length === 1 && parts[0]?.signal === name);

/**
 * Builds a simulation in which every signal of a design's streams is a port of the top, as the benches ask for: where the design
 * has other ports, between a module that leads each signal to its place by the manifest.
 */
export async function withOwnPorts<T>(
  manifest: Ported,
  verilog: readonly string[],
  build: (source: SimulatedTop) => Promise<T>,
): Promise<T> {
  if (hasOwnPorts(manifest)) return build({ top: manifest.top, verilog });
  const scratch = scratchFolder(manifest.top);
  try {
    const file = join(scratch, `${TOP}.v`);
    writeFileSync(file, ownPortsModule(manifest));
    return await build({ top: TOP, verilog: [...verilog, file] });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What else may be wrong where a design's streams are: the module that gives them other ports, if there is one. */
export const portsSuspect = (manifest: Ported): string =>
  hasOwnPorts(manifest) ? '' : `; or at the ports that ${manifest.top} gives the signals`;

/** Verilog of a module with the design in it and its signals at ports of their own. */
function ownPortsModule({ top, modules, streamPorts }: Ported): string {
  const place = placeOf(streamPorts);
  const streams = new Set(streamPorts.map(({ name }) => name));
  const others = (modules.find(({ name }) => name === top)?.ports ?? []).filter(({ name }) => !streams.has(name));
  const signals = streamPorts.flatMap(({ direction, parts }) =>
    parts.map(({ signal, width }) => ({ direction, name: signal, width, meaning: place(signal) ?? '' })),
  );
  const outputs = streamPorts.filter(({ direction }) => direction === 'output');
  return renderTemplate('verify/own_ports.v', {
    ...{ top, name: TOP, ports: [...others, ...signals], wires: outputs },
    connections: [
      ...others.map(({ name }) => ({ port: name, name })),
      ...streamPorts.map((port) => ({ port: port.name, name: port.direction === 'output' ? port.name : driven(port) })),
    ],
    outputs: outputs.flatMap((port) =>
      port.parts.map(({ signal, width }) => ({
        name: signal,
        value: [place(signal), ...spoilt(port, width)].join(' ^ '),
      })),
    ),
  });
}

/** An input: its padding is no constant, but the lowest bit of its first signal. */
function driven(port: StreamPort): string {
  const [{ signal, width } = { signal: '', width: 1 }] = port.parts;
  return joined(
    port,
    (name) => name,
    (padding) => replicate(padding, slice(signal, width, 0, 0)),
  );
}

/** What turns a signal of an output over where the padding beside it is not 0. */
const spoilt = (port: StreamPort, width: number): string[] =>
  paddingOf(port).map(({ low, width: bits }) =>
    replicate(width, `|${slice(port.name, port.width, low + bits - 1, low)}`),
  );
