import { escaped, Markup } from '../../base/markup.js';
import { VERSION } from '../../base/version.js';
import { REGISTER_BYTES, REGISTERS, type Register } from '../../commands/table.js';
import { identityLines } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { xmlComment } from '../diagrams.js';
import type { RenderedFile } from '../rendered-file.js';
import { type BusInterface, busesOf } from './buses.js';
import { benchFiles, type PackageSubject, verilogFiles } from './subject.js';

const ACCESS: Readonly<Record<Register['access'], string>> = {
  ro: 'read-only',
  rw: 'read-write',
  wo: 'write-only',
  w1c: 'read-write',
};

const ADDRESS_SPACE = 'memory';
const MEMORY_MAP = 'registers';

/** What a bus leads to: the address space of a manager, the registers of a subordinate; nothing from a stream. */
const leadsTo = ({ protocol, mode }: BusInterface) =>
  protocol.bus === 'AXI4Stream'
    ? []
    : [mode === 'master' ? { tag: 'addressSpaceRef', to: ADDRESS_SPACE } : { tag: 'memoryMapRef', to: MEMORY_MAP }];

/** The component description of IP-XACT (IEEE 1685-2014), beside the design: its paths are relative to it. */
export function ipxactComponent(subject: PackageSubject): RenderedFile[] {
  const { name, title, top, identity } = subject;
  const buses = busesOf(top.ports);
  const bench = benchFiles(subject);
  const widthOf = (port: string): number => Number(top.ports.find((each) => each.name === port)?.width);
  const managers = buses.filter(({ mode, protocol }) => mode === 'master' && protocol.bus === 'AXI4');
  const subordinates = buses.filter(({ mode, protocol }) => mode === 'slave' && protocol.bus === 'AXI4-Lite');
  const view = {
    header: new Markup(`<!--\n${xmlComment(identityLines(`IP-XACT component of ${top.name}.`, identity))}\n-->`),
    ...{ name, title, version: VERSION, top: top.name },
    busLists: listOfAny(
      buses.map((bus) => ({
        ...{
          name: bus.name,
          mode: bus.mode,
          signals: bus.signals,
          bus: bus.protocol.bus,
          version: bus.protocol.version,
        },
        leads: leadsTo(bus),
      })),
    ),
    spaceLists: listOfAny(
      managers.map(({ name: bus }) => ({
        name: ADDRESS_SPACE,
        range: `2**${widthOf(`${bus}_araddr`)}`,
        width: widthOf(`${bus}_rdata`),
      })),
    ),
    mapLists: listOfAny(
      subordinates.map(() => ({
        ...{ name: MEMORY_MAP, range: REGISTER_BYTES },
        registers: REGISTERS.map(({ name: register, offset, access, meaning, fields }) => ({
          ...{ name: register, meaning, access: ACCESS[access], offset: `'h${offset.toString(16)}` },
          fields: fieldsOf({ name: register, fields }),
        })),
      })),
    ),
    ports: top.ports.map(({ name: port, direction, width, meaning }) => ({
      ...{ name: port, meaning, direction: direction === 'input' ? 'in' : 'out' },
      vectors: Number(width) > 1 ? [{ left: Number(width) - 1 }] : [],
    })),
    files: verilogFiles(subject).map((file) => `../${file}`),
    sdc: `../${name}.sdc`,
    benchFiles: bench.verilog.map((file) => `../${file}`),
    dataFiles: bench.data.map((file) => `../${file}`),
  };
  return [{ path: `ipxact/${name}.xml`, text: renderTemplate('design/package/ipxact.xml', escaped(view) as object) }];
}

const listOfAny = <T>(all: readonly T[]): { readonly all: readonly T[] }[] => (all.length > 0 ? [{ all }] : []);

const REGISTER_BITS = 32;

/** The fields of a register; of one that is a number, one of all its bits. */
function fieldsOf({ name, fields }: Pick<Register, 'name' | 'fields'>) {
  if (fields.length === 0) return [{ name, meaning: 'the number', low: 0, bits: REGISTER_BITS }];
  return fields.map(({ name: field, meaning, low, bits }) => ({ name: field, meaning, low, bits }));
}
