import { stringify } from 'yaml';
import { GENERATOR } from '../../base/version.js';
import { identityComment } from '../../rtl/render/identity.js';
import type { RenderedFile } from '../rendered-file.js';
import { benchFiles, type PackageSubject, verilogFiles } from './subject.js';

/** The manifest of Bender, in the design's folder. The target `own_clock_gate` leaves the clock gate out. */
export function benderManifest(subject: PackageSubject): RenderedFile[] {
  const { name, top, clockGate, identity } = subject;
  const bench = benchFiles(subject);
  const files = verilogFiles(subject).filter((file) => file !== clockGate?.file);
  const manifest = {
    package: { name, authors: [GENERATOR] },
    sources: [
      ...(clockGate === null ? [] : [{ target: 'not(own_clock_gate)', files: [clockGate.file] }]),
      { files },
      { target: 'simulation', files: bench.verilog },
    ],
  };
  const header = identityComment('#', `Bender manifest of ${top.name}.`, identity);
  return [{ path: 'Bender.yml', text: `${header}\n\n${stringify(manifest, { lineWidth: 0 })}` }];
}
