/** @module-tag rest */
import { it } from 'vitest';
import { expectAdaptiveTypesToKeep } from './accuracy.js';

it('npm run accuracy measures the networks in models/ on all images of the test', { tags: 'long' }, () =>
  expectAdaptiveTypesToKeep({
    samples: 256,
    calibration: 128,
    schemes: ['int8', 'int4', 'flint4', 'pot4', 'ANT4', 'ANT4, compensated'],
  }),
);
