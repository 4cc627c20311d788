import type { Manifest } from '../../gen/design/manifest.js';

type ManifestModule = Manifest['modules'][number];

/**
 * SystemVerilog that records the ports of a module's instances, bound to them: 32-bit words at each rising edge of a clock,
 * the values before it, the first port in the lowest bits, its bit 0 first. An instance's file is called
 * `<module>[.<value of a parameter>]...@<path>.wave`.
 *
 * @param parameters Those that the module has.
 * @param clock Hierarchical name of the clock, which combinational modules do not have.
 */
export function portRecorder({ name, ports }: ManifestModule, parameters: readonly string[], clock: string): string {
  const declared = parameters.map((parameter) => `parameter ${parameter} = 1`).join(', ');
  const passed = parameters.map((parameter) => `.${parameter}(${parameter})`).join(', ');
  const width = (bits: number | string): string => (typeof bits === 'number' ? `[${bits - 1}:0]` : `[${bits}-1:0]`);
  const values = parameters.map((parameter) => `, ${parameter}`).join('');
  return [
    `module ${name}_recorder ${declared === '' ? '' : `#(${declared}) `}(`,
    ports.map((port) => `  input wire ${width(port.width)} ${port.name}`).join(',\n'),
    ');',
    '  integer file;',
    `  initial file = $fopen($sformatf("${name}${'.%0d'.repeat(parameters.length)}@%m.wave"${values}), "wb");`,
    `  always @(posedge ${clock}) $fwrite(file, "%u", {${[...ports]
      .reverse()
      .map((port) => port.name)
      .join(', ')}});`,
    'endmodule',
    `bind ${name} ${name}_recorder ${passed === '' ? '' : `#(${passed}) `}recorder (.*);`,
    '',
  ].join('\n');
}

/** What the name of a record tells; undefined for other files. */
export function recordName(file: string): { module: string; values: number[] } | undefined {
  const match = /^(\w+)((?:\.\d+)*)@.*\.wave$/.exec(file);
  if (!match) return undefined;
  return { module: match[1] as string, values: (match[2] as string).split('.').slice(1).map(Number) };
}
