import { identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RenderedFile } from '../rendered-file.js';
import { benchFiles, type PackageSubject, verilogFiles } from './subject.js';

/** The design as a target of CMake by Verilator, and a project that builds and runs its test bench. */
export function cmake(subject: PackageSubject): RenderedFile[] {
  const { name, top, identity } = subject;
  const bench = benchFiles(subject);
  const header = (mark: string, title: string): string => identityComment(mark, title, identity);
  const view = {
    ...{ name, top: top.name, files: verilogFiles(subject), benchTop: bench.top, benchFiles: bench.verilog },
  };
  const rendered = (path: string, template: string, head: string): RenderedFile => ({
    path: `cmake/${path}`,
    text: renderTemplate(`design/package/${template}`, { ...view, header: head }),
  });
  return [
    rendered(`${name}.cmake`, 'verilator.cmake', header('#', `${top.name} for CMake and Verilator.`)),
    rendered(
      'CMakeLists.txt',
      'cmake-project.txt',
      header('#', `The test bench of ${top.name}, by CMake and Verilator.`),
    ),
    rendered('main.cpp', 'cmake-main.cpp', header('//', `Runs the test bench of ${top.name}.`)),
  ];
}
