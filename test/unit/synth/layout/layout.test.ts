import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../../gen/base/errors.js';
import { readDef } from '../../../../scripts/synth/layout/def.js';
import {
  figuresOf,
  netlistDifferences,
  openNets,
  ruleViolations,
  timingOf,
} from '../../../../scripts/synth/layout/figures.js';
import { readCells } from '../../../../scripts/synth/layout/lef.js';
import { layoutPicture } from '../../../../scripts/synth/layout/picture.js';
import { moduleSource } from '../../../../scripts/synth/layout/source.js';

const LEF = `LAYER metal1
  TYPE ROUTING ;
  WIDTH 0.3 ;
END metal1
LAYER via
  TYPE CUT ;
END via
MACRO NAND2X1
  SIZE 2.4 BY 10.0 ;
END NAND2X1
MACRO INVX1
  SIZE 1.600 BY 10.000 ;
END INVX1
MACRO FILL
  SIZE 0.800 BY 10.000 ;
END FILL
`;

const DEF = `UNITS DISTANCE MICRONS 100 ;
DIEAREA ( -320 -300 ) ( 680 1700 ) ;
COMPONENTS 3 ;
- g1 NAND2X1 + PLACED ( 40 50 ) FS ;
- g2 INVX1 + PLACED ( 280 50 ) S ;
- f1 FILL + PLACED ( 440 50 ) N ;
END COMPONENTS
PINS 1 ;
- a_i<0> + NET a_i<0>
  + LAYER metal2 ( -20 -20 ) ( 20 20 )
  + PLACED ( 100 -200 ) N ;
END PINS
NETS 2 ;
- a_i<0>
  ( PIN a_i<0> )
  ( g1 A )
+ ROUTED metal1 ( 100 100 ) ( * 400 ) M2_M1
  NEW metal2 ( 100 400 ) ( 250 * ) ( * 300 ) ;
- n1
  ( g1 Y )
  ( g2 A )
+ ROUTED metal1 ( 300 100 ) M2_M1 ;
END NETS
SPECIALNETS 2 ;
- n1
+ ROUTED metal1 40 ( 300 100 ) ( * 120 ) ;
- vdd
+ FIXED metal1 160 ( 0 0 ) ( 0 1000 ) viagen21_post ;
END SPECIALNETS
END DESIGN
`;

describe('figures of a layout', () => {
  const cells = readCells(LEF);
  const placed = readDef(DEF);

  it('are areas, utilisation and the lengths of signal wires, in micrometres', () => {
    const figures = figuresOf(placed, cells);
    expect(figures.die).toEqual({ width: 10, height: 20, area: 200 });
    expect(figures.core.width).toBeCloseTo(4.8, 9);
    expect(figures.core.height).toBeCloseTo(10, 9);
    expect(figures.cells).toBe(2);
    expect(figures.cellArea).toBeCloseTo(40, 9);
    expect(figures.gateEquivalents).toBeCloseTo(40 / 24, 9);
    expect(figures.utilisation).toBeCloseTo(40 / 48, 9);
    expect(figures.wireLength.byLayer.metal1).toBeCloseTo(3 + 0.2, 9);
    expect(figures.wireLength.byLayer.metal2).toBeCloseTo(1.5 + 1, 9);
    expect(figures.wireLength.total).toBeCloseTo(5.7, 9);
    expect(figures.vias).toBe(3);
  });

  it('refuse what is no layout, and cells that the technology has not', () => {
    expect(() => readDef('DESIGN x ;')).toThrow(expect.objectContaining({ exitCode: EXIT.toolBroken }));
    expect(() => figuresOf(placed, readCells(LEF.replaceAll('INVX1', 'INVX2')))).toThrow(/INVX1/);
  });

  it('come with a picture of all cells, wires and pins', () => {
    const svg = layoutPicture('m', placed, cells);
    expect(svg.match(/<path fill="#cfe3cb" d="([^"]*)"/)?.[1]).toBe('M3.6,6.5h2.4v10h-2.4z');
    expect(svg).toMatch(/stroke="#c0392b" stroke-width="0\.3" d="M4\.2,13L5\.7,13M5\.7,13L5\.7,14"/);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

describe('what tools say of a layout', () => {
  it('is read from their last word', () => {
    expect(openNets('No failed routes!\nFailed net routes: 3\nFinal: No failed routes!\n')).toBe(0);
    expect(openNets('No failed routes!\nFinal: Failed net routes: 12\n')).toBe(12);
    const path = 'Top 20 maximum delay paths:\nPath a/CLK to b/D delay 2999.41 ps\n';
    const clock = 'Computed maximum clock frequency (zero margin) = 333.399 MHz\n';
    expect(timingOf(path + clock)).toEqual({ delay: 2999.41, frequency: 333.399 });
    expect(ruleViolations('drc = 0\n')).toEqual([]);
    const area = 'Metal1 area < 20 (Mosis #+++)';
    expect(ruleViolations(`drc = 2\nbroken rule: ${area}: 2\n`)).toEqual([{ rule: area, count: 2 }]);
    expect(netlistDifferences('Result: Circuits match uniquely.\nTotal errors = 0\n')).toBe(0);
    expect(netlistDifferences('Result: Netlists do not match.\nTotal errors = 5\n')).toBe(5);
  });

  it('is broken where it is missing, never taken for good', () => {
    const missing = expect.objectContaining({ exitCode: EXIT.toolBroken });
    for (const read of [openNets, timingOf, ruleViolations, netlistDifferences])
      expect(() => read('')).toThrow(missing);
    expect(() => netlistDifferences('Total errors = 0\n')).toThrow(missing);
    expect(() => timingOf('Top 20 maximum delay paths:\n')).toThrow(missing);
    expect(() => ruleViolations('drc = 3\n')).toThrow(missing);
  });
});

describe('the Verilog of a module', () => {
  it('has what is in it, and nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-layout-'));
    mkdirSync(join(folder, 'rtl'));
    const texts: Record<string, string> = {
      leaf: 'module leaf;',
      other: 'module other;',
      pe: 'leaf u_leaf (); // other',
    };
    texts.top = 'pe u_pe (); other u_other ();';
    const modules = Object.entries(texts).map(([name, text]) => {
      writeFileSync(join(folder, `rtl/${name}.v`), text);
      return { name, file: `rtl/${name}.v`, title: '', instances: 1, ports: [] };
    });
    expect(moduleSource(folder, { modules }, 'pe')).toBe([texts.leaf, texts.pe].join('\n'));
    expect(moduleSource(folder, { modules }, 'top').split('\n')).toHaveLength(4);
    rmSync(folder, { recursive: true });
  });
});
