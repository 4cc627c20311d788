import type { ModulePort } from '../../rtl/module.js';

/** A protocol of AMBA as bus definitions of IP-XACT name it: vendor amba.com, library AMBA4. */
interface Protocol {
  readonly bus: string;
  readonly version: string;
}

const STREAM: Protocol = { bus: 'AXI4Stream', version: 'r0p0_1' };
const LITE: Protocol = { bus: 'AXI4-Lite', version: 'r0p0_0' };
const FULL: Protocol = { bus: 'AXI4', version: 'r0p0_0' };

/** Ports of a module that make a bus. */
export interface BusInterface {
  readonly name: string;
  readonly protocol: Protocol;
  readonly mode: 'master' | 'slave';
  /** Names of the protocol and the ports that have them. */
  readonly signals: readonly { readonly logical: string; readonly port: string }[];
}

interface Pattern {
  readonly pattern: RegExp;
  readonly protocol: Protocol;
}

/** Names of ports by protocol: the bus, then the signal. */
const PATTERNS: readonly Pattern[] = [
  { pattern: /^([ms]_axis_\w+)_(t\w+)$/, protocol: STREAM },
  { pattern: /^([ms]_axil)_(\w+)$/, protocol: LITE },
  { pattern: /^([ms]_axi)_(\w+)$/, protocol: FULL },
];

const CLOCKED: BusInterface['signals'] = [
  { logical: 'ACLK', port: 'clk_i' },
  { logical: 'ARESETn', port: 'rst_ni' },
];

/** The buses among the ports of a module that have the names of an AMBA protocol. */
export function busesOf(ports: readonly ModulePort[]): BusInterface[] {
  const found = ports.flatMap(({ name }) => {
    for (const { pattern, protocol } of PATTERNS) {
      const [, bus, signal] = pattern.exec(name) ?? [];
      if (bus !== undefined && signal !== undefined)
        return [{ bus, protocol, logical: signal.toUpperCase(), port: name }];
    }
    return [];
  });
  return [...new Set(found.map(({ bus }) => bus))].map((bus) => {
    const own = found.filter((each) => each.bus === bus);
    return {
      name: bus,
      protocol: own[0]?.protocol ?? FULL,
      mode: bus.startsWith('m') ? 'master' : 'slave',
      signals: [...CLOCKED, ...own.map(({ logical, port }) => ({ logical, port }))],
    };
  });
}
