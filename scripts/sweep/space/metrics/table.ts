import { FAMILY_NAMES } from '../../../synth/fpga/families.js';
import { type AnyMetric, anyMetric } from '../metric.js';

/** A metric that is loaded when a study asks for it. */
interface Listed {
  /** What it gives, and what it takes. */
  readonly description: string;
  readonly load: () => Promise<AnyMetric>;
}

/** What a study can measure, by the names of its file. */
export const SPACE_METRICS: Readonly<Record<string, Listed>> = {
  area: {
    description: 'area, flip-flops and critical path by synthesis; liberty: FILE, criticalPath: false',
    load: async () => anyMetric((await import('./area.js')).AREA),
  },
  fpga: {
    description: `cells of FPGAs; families: [${FAMILY_NAMES.join(', ')}], dsp: true`,
    load: async () => anyMetric((await import('./fpga.js')).FPGA),
  },
  power: {
    description: 'energy per MAC and power on the operands of a real layer; liberty: FILE, period, cycles',
    load: async () => anyMetric((await import('./power.js')).POWER),
  },
  model: {
    description:
      'cycles, utilisation and samples per second of networks; networks: [ResNet18], samples, bits, first, last, attention, memory, frequency, latency, shape, fix',
    load: async () => anyMetric((await import('./model.js')).MODEL),
  },
  accuracy: {
    description:
      "accuracy of networks of models/ with the design's types; networks: [residual], images, heldOut, calibration, options: '--bias-correction'",
    load: async () => anyMetric((await import('./accuracy.js')).ACCURACY),
  },
};
