import { streamConstraints } from '../constraints.js';
import type { RenderedFile } from '../rendered-file.js';
import { asicFiles, macrosOf } from './asic.js';
import type { PackageSubject } from './subject.js';

/** The configuration of OpenLane 2. It has no comments; the SDC beside it tells where both come from. */
export function openlane(subject: PackageSubject): RenderedFile[] {
  const { name, top, constrained, identity } = subject;
  const sdc = `openlane/${name}.sdc`;
  const { verilog, blackBoxes } = asicFiles(subject);
  const macros = macrosOf(subject).map((macro) => {
    const view = (kind: string, ending: string) => [`dir::../memories/${kind}/${macro.name}.${ending}`];
    return [
      macro.name,
      {
        ...{ gds: view('gds', 'gds'), lef: view('lef', 'lef'), lib: { '*': view('lib', 'lib') } },
        vh: blackBoxes.map(fromConfig),
        instances: {},
      },
    ] as const;
  });
  const config = {
    meta: { version: 2, flow: 'Classic' },
    DESIGN_NAME: top.name,
    VERILOG_FILES: verilog.map(fromConfig),
    CLOCK_PORT: 'clk_i',
    CLOCK_PERIOD: constrained.clockPeriod,
    PNR_SDC_FILE: `dir::${name}.sdc`,
    SIGNOFF_SDC_FILE: `dir::${name}.sdc`,
    FP_CORE_UTIL: 40,
    ...(macros.length > 0 ? { MACROS: Object.fromEntries(macros) } : {}),
  };
  return [
    { path: 'openlane/config.json', text: `${JSON.stringify(config, null, 2)}\n` },
    streamConstraints(constrained, identity, {
      path: sdc,
      period: () => ['set CLOCK_PERIOD $::env(CLOCK_PERIOD)'],
      another: 'Set CLOCK_PERIOD in config.json',
      hierarchical: false,
    }),
  ];
}

/** A path as OpenLane takes it: relative to the folder of the configuration. */
const fromConfig = (path: string): string => `dir::../${path}`;
