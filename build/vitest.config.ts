import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['tests/**/*.test.ts'],
    // Takes minutes and writes what other tests read: `npm run test:package`.
    exclude: process.env.LAB_TEST_PACKAGE === '1' ? [] : ['tests/flows/packaged-app.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
