import { describe, expect, it } from 'vitest';
import type { ConfigurationError } from '../../../gen/base/errors.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateRequantiser } from '../../../gen/config/requantiser.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { renderAll } from '../../../gen/design/generate.js';
import { renderRequantiser } from '../../../gen/design/requantiser/generate.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';
import { inPorts, joined, type PortMap, paddingOf } from '../../../gen/rtl/port-map.js';
import { elaborateRequantiser } from '../../../gen/rtl/requantise/design.js';
import { streamPorts } from '../../../gen/rtl/streams.js';
import { areaItems } from '../../../scripts/synth/plan.js';

const designOf = (raw: RawConfiguration): Design => elaborate(validateConfiguration({ ports: 'axis', ...raw }));

const requantiser = (raw: RawConfiguration = {}) =>
  elaborateRequantiser(validateRequantiser({ arch: 'requantise', ports: 'axis', ...raw }));

/** Ports as `name[bits] = signals`, the lowest first, with their places. */
const shown = (ports: PortMap): string[] =>
  ports.map(
    ({ name, width, parts }) =>
      `${name}[${width}] = ${parts.map((part) => `${part.signal}@${part.low}+${part.width}`).join(' ')}`,
  );

describe('AXI4-Stream ports', () => {
  it('are one interface a stream: numbers in tdata from whole bytes on, what is said of them in tuser', () => {
    const { ports, top } = designOf({ rows: 3, cols: 5, maxK: 100 });
    expect(shown(ports)).toEqual([
      's_axis_in_tvalid[1] = in_valid_i@0+1',
      's_axis_in_tready[1] = in_ready_o@0+1',
      's_axis_in_tdata[40] = a_data_i@0+12 w_data_i@16+20',
      's_axis_in_tuser[5] = a_type_i@0+3 w_type_i@3+2',
      's_axis_in_tlast[1] = in_last_i@0+1',
      'm_axis_out_tvalid[1] = out_valid_o@0+1',
      'm_axis_out_tready[1] = out_ready_i@0+1',
      'm_axis_out_tdata[104] = out_data_o@0+100',
      'm_axis_out_tlast[1] = out_last_o@0+1',
    ]);
    expect(top.ports.map(({ name }) => name)).toEqual(['clk_i', 'rst_ni', ...ports.map(({ name }) => name)]);
  });

  it('have flags of 8 bits in tuser, and no tuser where nothing is to be said', () => {
    const wide = designOf({ rows: 4, cols: 4, wideActivations: ['int8'], wideWeights: ['int8'] });
    expect(shown(wide.ports)).toContain('s_axis_in_tuser[7] = a_wide_i@0+1 a_type_i@1+3 w_wide_i@4+1 w_type_i@5+2');
    const plain = designOf({ rows: 2, cols: 2, activations: ['int8'], weights: ['int8'] });
    expect(plain.ports.filter(({ name }) => name.endsWith('tuser'))).toEqual([]);
  });

  it('are three interfaces where weights have a stream of their own', () => {
    const prefixes = designOf({ rows: 3, cols: 3, dataflow: 'ws' }).ports.map(({ name }) => name.replace(/_t\w+$/, ''));
    expect([...new Set(prefixes)]).toEqual(['s_axis_w', 's_axis_a', 'm_axis_out']);
  });

  it('of a requantiser have what counts for each lane in tdata, the rest in tuser', () => {
    expect(shown(requantiser({ lanes: 3 }).ports)).toEqual([
      's_axis_in_tvalid[1] = in_valid_i@0+1',
      's_axis_in_tready[1] = in_ready_o@0+1',
      's_axis_in_tdata[224] = sum_data_i@0+72 bias_data_i@72+72 multiplier_data_i@144+48 addend_data_i@192+27',
      's_axis_in_tuser[26] = addend_multiplier_i@0+16 shift_i@16+6 type_i@22+3 relu_i@25+1',
      's_axis_in_tlast[1] = in_last_i@0+1',
      'm_axis_out_tvalid[1] = out_valid_o@0+1',
      'm_axis_out_tready[1] = out_ready_i@0+1',
      'm_axis_out_tdata[16] = out_data_o@0+12',
      'm_axis_out_tlast[1] = out_last_o@0+1',
    ]);
  });

  it.each<RawConfiguration>([
    { rows: 5, cols: 3, activations: ['uint3'], weights: ['flint7'], maxK: 77 },
    { rows: 3, cols: 2, dataflow: 'ws', lanes: 3 },
    { arch: 'dot', rows: 3, lanes: 5 },
    { rows: 3, cols: 3, pe: 'float', activations: ['e4m3', 'e2m1'] },
  ])('hold every signal once, and whole bytes of data: %j', (raw) => {
    const { ports, streams } = designOf(raw);
    const signals = [...streams.inputs, streams.results].flatMap(streamPorts);
    const parts = ports.flatMap((port) => port.parts.map((part) => ({ ...part, direction: port.direction })));
    const own = signals.map(({ name, width, direction }) => ({ signal: name, width, direction }));
    const byName = <T extends { signal: string }>(all: readonly T[]): T[] =>
      [...all].sort((x, y) => (x.signal < y.signal ? -1 : 1));
    expect(byName(parts).map(({ low: _, ...part }) => part)).toEqual(byName(own));
    for (const { name, width, parts } of ports) {
      const bits = parts.flatMap(({ low, width }) => Array.from({ length: width }, (_, i) => low + i));
      expect(new Set(bits).size).toBe(bits.length);
      expect(Math.max(...bits)).toBeLessThan(width);
      if (!name.endsWith('tdata')) continue;
      expect([width % 8, ...parts.map(({ low }) => low % 8)]).toEqual(Array(parts.length + 1).fill(0));
      expect(width - bits.length).toBeLessThan(8 * parts.length);
    }
  });

  it('change nothing behind them: all other modules are the same, and so is what counts in the area', () => {
    const rendered = (ports: string) => {
      const files = renderAll(designOf({ rows: 3, cols: 3, name: 'same', ports })).map(
        ({ path, text }) => [path, text.replace(/^\/\/ .*$/gm, '')] as const,
      );
      const verilog = files.filter(([path]) => path.startsWith('rtl/'));
      return { verilog, items: areaItems(JSON.parse(new Map(files).get('manifest.json') ?? '')) };
    };
    const [own, axis] = [rendered('own'), rendered('axis')];
    expect(axis.verilog.slice(0, -1)).toEqual(own.verilog);
    expect(axis.verilog.at(-1)?.[0]).toBe('rtl/same_top.v');
    expect(axis.items).toEqual(own.items);
  });

  it('are what all files of the design speak of', () => {
    const own = /\b(in|a|w|out)_(valid|ready|last|data|type|wide)_[io]\b|\b(shift|relu|low|high|type)_i\b/;
    const wide = { rows: 4, cols: 4, wideActivations: ['int8'], wideWeights: ['int8'] };
    const folders = [
      ...[{ rows: 3, cols: 3 }, wide, { dataflow: 'ws', rows: 3, cols: 2 }, { arch: 'dot' }].map((raw) =>
        renderAll(designOf(raw)),
      ),
      renderAll(designOf({ rows: 2, cols: 2, pe: 'float', activations: ['e4m3'] })),
      renderRequantiser(requantiser()),
    ];
    for (const files of folders) {
      for (const { path, text } of files) {
        if (/datasheet\.md|\.sdc|timing\.svg|_tb\.v/.test(path)) expect(text.match(own)?.[0], path).toBeUndefined();
      }
    }
  });

  it('that are not known are refused with the nearest that are', () => {
    const refusal = [{ key: 'ports', given: '"axi"', rule: 'must be one of own, axis', nearest: 'axis' }];
    expect(problemsOf(() => validateConfiguration({ ports: 'axi' }))).toEqual(refusal);
    expect(problemsOf(() => validateRequantiser({ arch: 'requantise', ports: 'axi' }))).toEqual(refusal);
  });
});

function problemsOf(step: () => unknown): unknown {
  try {
    return step();
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
}

describe('signals in ports', () => {
  const ports: PortMap = [
    {
      ...{ name: 's_axis_in_tdata', direction: 'input', width: 24 },
      parts: [
        { signal: 'a_data_i', low: 0, width: 6 },
        { signal: 'w_data_i', low: 8, width: 16 },
      ],
    },
    { name: 's_axis_in_tvalid', direction: 'input', width: 1, parts: [{ signal: 'in_valid_i', low: 0, width: 1 }] },
  ];
  const [data] = ports as [PortMap[number]];

  it('leave padding, which is between and behind them', () => {
    expect(paddingOf(data)).toEqual([{ low: 6, width: 2 }]);
    expect(paddingOf({ width: 8, parts: [{ signal: 'x_i', low: 2, width: 3 }] })).toEqual([
      { low: 0, width: 2 },
      { low: 5, width: 3 },
    ]);
  });

  it('are joined to what a port is connected to', () => {
    const wireOf = (signal: string): string => signal.replace(/_i$/, '');
    expect(joined(data, wireOf, (width) => `${width}'d0`)).toBe("{w_data, 2'd0, a_data}");
    expect(joined(ports[1] as PortMap[number], wireOf, String)).toBe('in_valid');
  });

  it('are named by their place in text', () => {
    const text = '`in_valid_i`, a_data_i, w_data_i[7:0] and w_data_i[15], not row_a_data_i or clk_i';
    expect(inPorts(ports, text)).toBe(
      '`s_axis_in_tvalid`, s_axis_in_tdata[5:0], s_axis_in_tdata[15:8] and s_axis_in_tdata[23], not row_a_data_i or clk_i',
    );
  });
});
