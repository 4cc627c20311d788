import type { Manifest } from '../../../gen/design/manifest.js';
import { LEGALISE } from '../gates.js';
import { netlistModule } from '../netlist.js';
import { type AreaItem, areaItems, isOpen } from '../plan.js';

/** Files of the run that maps a design around its modules. */
export const TOP_FILES = { library: 'library.lib', cells: 'top.json', netlist: 'top.v' } as const;

/** The modules that a design's netlist instantiates: all that are counted, except delay lines, which are flattened. */
export function linkedItems(manifest: Manifest): AreaItem[] {
  return areaItems(manifest).filter(({ role, partOfOther }) => !partOfOther && role !== 'delay');
}

/** The commands that read a design, its modules as black boxes; what remains is the array and its delay lines. */
export function boxedDesignLines(manifest: Manifest): string[] {
  const linked = new Set(linkedItems(manifest).map(({ module }) => module));
  const delay = `${manifest.configuration.name}_delay`;
  const files = (names: (name: string) => boolean): string =>
    manifest.modules
      .filter(({ name }) => names(name))
      .map(({ file }) => file)
      .join(' ');
  return [
    `read_verilog -lib ${files((name) => linked.has(name))}`,
    `read_verilog ${files((name) => name === delay || isOpen(manifest, name))}`,
    `hierarchy -check -top ${manifest.top}`,
  ];
}

/** The commands that turn instances of a design's modules into ones of the netlists, by their parameters. */
export function linkingLines(manifest: Manifest): string[] {
  const items = linkedItems(manifest);
  return [
    ...items.flatMap(({ module, parameters }) =>
      Object.entries(parameters).map(
        ([name, value]) => `chtype -set ${netlistModule({ module, parameters })} t:${module} r:${name}=${value} %i`,
      ),
    ),
    ...items.flatMap(({ module, parameters }) =>
      Object.keys(parameters).map((name) => `setparam -unset ${name} t:${netlistModule({ module, parameters })}`),
    ),
  ];
}

/**
 * The Yosys script that maps what is outside the modules of a design, delay lines included, and leaves an instance of
 * each mapped module where it belongs.
 */
export function topScript(manifest: Manifest): string {
  const { library, cells, netlist } = TOP_FILES;
  return [
    ...boxedDesignLines(manifest),
    'synth -flatten',
    LEGALISE,
    `dfflibmap -liberty ${library}`,
    `abc -liberty ${library}`,
    'opt_clean -purge',
    ...linkingLines(manifest),
    `tee -q -o ${cells} stat -json`,
    `write_verilog -noattr -noexpr -simple-lhs ${netlist}`,
    '',
  ].join('\n');
}

/** Where the cells of a design's netlist are not the modules of its manifest; empty where they are. */
export function topProblems(cells: Readonly<Record<string, number>>, manifest: Manifest): string[] {
  const expected = new Map<string, number>();
  for (const item of linkedItems(manifest)) {
    const name = netlistModule(item);
    expected.set(name, (expected.get(name) ?? 0) + item.instances);
  }
  const unmapped = Object.keys(cells).filter((cell) => cell.startsWith('$'));
  return [
    ...[...expected].flatMap(([name, want]) => {
      const have = cells[name] ?? 0;
      return want === have ? [] : [`instances of ${name}: ${want} by the manifest, ${have} in the netlist`];
    }),
    ...unmapped.map((cell) => `${cell} is not mapped`),
  ];
}
