import { type MappedPort, type PortMap, placeOf } from '../../rtl/port-map.js';
import { identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { BeatField, StimulusStream } from '../bench/stimulus.js';
import type { RenderedFile } from '../rendered-file.js';
import type { EngineBench, StreamBench } from './cocotb-bench.js';
import { type PackageSubject, verilogFiles } from './subject.js';

/** Bits of a port that come from bits of a word, from the low bit of each. */
interface Piece {
  readonly to: number;
  readonly from: number;
  readonly width: number;
}

/** Where the fields of a word lie, from its right. */
function fieldPlaces(fields: readonly BeatField[]): ReadonlyMap<string, number> {
  let next = 0;
  return new Map(
    [...fields].reverse().map(({ port, room }) => {
      const low = next;
      next += room;
      return [port, low];
    }),
  );
}

/** The ports that a stream's fields drive, with the bits of a word that each takes. */
function drivenPorts(
  ports: PortMap,
  { fields }: StimulusStream,
): { readonly port: string; readonly pieces: Piece[] }[] {
  const places = fieldPlaces(fields);
  return ports.flatMap(({ name, parts }) => {
    const pieces = parts.flatMap(({ signal, low, width }) => {
      const from = places.get(signal);
      return from === undefined ? [] : [{ to: low, from, width }];
    });
    return pieces.length === 0 ? [] : [{ port: name, pieces }];
  });
}

/** The port and the bit of it where a signal begins. */
function signalAt(ports: PortMap, signal: string): { readonly port: string; readonly low: number } {
  const find = ({ parts }: MappedPort) => parts.find((part) => part.signal === signal);
  const port = ports.find((each) => find(each) !== undefined);
  if (port === undefined) throw new Error(`no port has ${signal}`);
  return { port: port.name, low: find(port)?.low ?? 0 };
}

function streamsView({ ports, inputs, results }: StreamBench) {
  const place = placeOf(ports);
  return {
    inputs: inputs.map((stream) => ({
      ...{ valid: place(`${stream.name}_valid_i`), ready: place(`${stream.name}_ready_o`), path: stream.path },
      ports: drivenPorts(ports, stream),
    })),
    ...{ valid: place('out_valid_o'), ready: place('out_ready_i') },
    ...{ last: signalAt(ports, 'out_last_o'), data: signalAt(ports, 'out_data_o'), ...results },
  };
}

function engineView({ job, busBytes }: EngineBench) {
  return { ...job, busBytes };
}

/** A bench for cocotb, and its Makefile. */
export function cocotb(subject: PackageSubject): RenderedFile[] {
  const { name, top, identity } = subject;
  const bench = subject.cocotb();
  const header = (title: string): string => identityComment('#', title, identity);
  const view = bench.kind === 'streams' ? streamsView(bench) : engineView(bench);
  const test = `test_${name}`;
  const inputs = top.ports.filter(({ name: port, direction }) => direction === 'input' && port !== 'clk_i');
  return [
    {
      path: 'cocotb/Makefile',
      text: renderTemplate('design/package/cocotb.mk', {
        header: header(`cocotb bench of ${top.name}.`),
        ...{ top: top.name, test, files: verilogFiles(subject) },
      }),
    },
    {
      path: `cocotb/${test}.py`,
      text: renderTemplate(`design/package/cocotb-${bench.kind}.py`, {
        ...view,
        header: header(`cocotb bench of ${top.name}.`),
        zeros: inputs.map((port) => port.name),
      }),
    },
    {
      path: 'cocotb/vectors.py',
      text: renderTemplate('design/package/vectors.py', { header: header('Vectors of the test bench.') }),
    },
  ];
}
