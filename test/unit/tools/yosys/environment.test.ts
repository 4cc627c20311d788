import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { wantedBuild, wantedStore } from '../../../../scripts/tools/yosys/environment.js';

describe('the environment', () => {
  it('forces a build, or none', () => {
    for (const build of ['native', 'wasm'] as const) expect(wantedBuild({ ANT_RTL_YOSYS: build })).toBe(build);
    expect([wantedBuild({}), wantedBuild({ ANT_RTL_YOSYS: '' })]).toEqual([undefined, undefined]);
    expect(() => wantedBuild({ ANT_RTL_YOSYS: 'fast' })).toThrow(UserError);
  });

  it('names the folder for results, the cache of the user, or none', () => {
    const folder = (wanted: string, cache?: string) =>
      wantedStore({ ANT_RTL_YOSYS_CACHE: wanted, ...(cache === undefined ? {} : { XDG_CACHE_HOME: cache }) });
    expect([wantedStore({}), folder('')]).toEqual([undefined, undefined]);
    expect(folder('/some/where', '/cache')).toBe('/some/where');
    expect(folder('on', '/cache')).toBe('/cache/ant-rtl/yosys');
    for (const cache of [undefined, '', 'relative'])
      expect(folder('on', cache)).toBe(`${homedir()}/.cache/ant-rtl/yosys`);
    for (const wanted of ['yes', './here', '1']) {
      expect(() => folder(wanted)).toThrow(`ANT_RTL_YOSYS_CACHE=${wanted} `);
    }
  });

  it('keeps nothing in tests', () => {
    expect(process.env.ANT_RTL_YOSYS_CACHE).toBe('');
  });
});
