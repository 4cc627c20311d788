/** iCE40 devices that nextpnr places, each in a package. */
export const DEVICES = {
  hx1k: { title: 'iCE40HX1K', package: 'tq144' },
  hx4k: { title: 'iCE40HX4K', package: 'tq144' },
  hx8k: { title: 'iCE40HX8K', package: 'ct256' },
  lp8k: { title: 'iCE40LP8K', package: 'ct256' },
  up5k: { title: 'iCE40UP5K', package: 'sg48' },
} as const;

export type Device = keyof typeof DEVICES;

export const DEVICE_NAMES = Object.keys(DEVICES) as Device[];
