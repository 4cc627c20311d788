import { defineConfig } from 'vitest/config';

/** Tests run the tools, whatever the user's shell says. */
const env = { ANT_RTL_YOSYS_CACHE: '' };

/** A time limit only ends what hangs, on a machine that does much else, too. */
const limits = { testTimeout: 3_600_000, hookTimeout: 600_000 };

/** Tests that run tools and programs. */
const withTools = { env, ...limits, maxConcurrency: 2, globalSetup: 'test/support/javascript.ts' };

const FULL = 'test/e2e/**/*.full.test.ts';

/**
 * Three projects: `unit` and `e2e` are `npm test`, which has one of everything; tests with the tag `rest` are what
 * `npm run test:full` has besides: the cases that are not in the samples, and what takes minutes. Files of such tests
 * alone are the project `rest`. Tests with the tag `long` are sweeps that `npm run test:long` alone runs. Unit tests of a worker share modules: loading them for every file takes as long as the tests.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    tags: [
      { name: 'rest', description: 'what npm run test:rest has and npm test has not' },
      { name: 'long', description: 'sweeps that npm run test:long alone has' },
    ],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          env,
          ...limits,
        },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], exclude: [FULL], ...withTools } },
      { test: { name: 'rest', include: [FULL], ...withTools } },
    ],
  },
});
