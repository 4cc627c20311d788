import { stringify } from 'yaml';
import { VERSION } from '../../base/version.js';
import { identityComment } from '../../rtl/render/identity.js';
import type { RenderedFile } from '../rendered-file.js';
import { benchFiles, type PackageSubject, verilogFiles } from './subject.js';

/** The flag with which a user of FuseSoC brings a clock gate of the technology. */
const OWN_GATE = 'own_clock_gate';

/** The core description of FuseSoC (CAPI2), in the design's folder: its paths are relative to it. */
export function fusesocCore(subject: PackageSubject): RenderedFile[] {
  const { name, title, top, clockGate, identity } = subject;
  const bench = benchFiles(subject);
  const files = verilogFiles(subject).filter((file) => file !== clockGate?.file);
  const gate = clockGate === null ? {} : { clock_gate: verilog([clockGate.file]) };
  const rtl = ['rtl', ...(clockGate === null ? [] : [`!${OWN_GATE}? (clock_gate)`])];
  const core = {
    name: `ant:rtl:${name}:${VERSION}`,
    description: title,
    filesets: {
      rtl: verilog(files),
      ...gate,
      bench: {
        files: [
          ...bench.verilog.map((file) => ({ [file]: { file_type: 'systemVerilogSource' } })),
          ...bench.data.map((file) => ({ [file]: { file_type: 'user', copyto: file } })),
        ],
      },
      constraints: { files: [{ [`${name}.sdc`]: { file_type: 'SDC' } }] },
    },
    targets: {
      default: { filesets: rtl, toplevel: top.name },
      lint: {
        default_tool: 'verilator',
        ...{ filesets: rtl, toplevel: top.name },
        tools: { verilator: { mode: 'lint-only', verilator_options: ['-Wall'] } },
      },
      sim: {
        default_tool: 'icarus',
        ...{ filesets: [...rtl, 'bench'], toplevel: bench.top },
        tools: {
          icarus: { iverilog_options: ['-g2005'] },
          verilator: { mode: 'binary', verilator_options: ['--timing'] },
        },
      },
      synth: {
        default_tool: 'yosys',
        ...{ filesets: [...rtl, 'constraints'], toplevel: top.name },
        tools: { yosys: { arch: 'xilinx', output_format: 'json' } },
      },
    },
  };
  const header = identityComment('#', `FuseSoC core of ${top.name}.`, identity);
  return [
    {
      path: `${name}.core`,
      text: `CAPI=2:\n${header}\n\n${stringify(core, { lineWidth: 0, aliasDuplicateObjects: false })}`,
    },
  ];
}

const verilog = (files: readonly string[]) => ({ files: [...files], file_type: 'verilogSource-2005' });
