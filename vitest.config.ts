import { defineConfig } from 'vitest/config'

/** The test tiers, in the order in which a failure is cheapest to understand. */
const tiers = {
  unit: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
  wire: ['packages/*/test/wire/**/*.test.ts'],
  integration: ['packages/*/test/integration/**/*.test.ts', 'apps/*/test/integration/**/*.test.ts'],
  contract: ['packages/*/test/contract/**/*.test.ts', 'test/contract/**/*.test.ts'],
  browser: ['apps/*/test/browser/**/*.test.ts'],
} as const

const needsDatabase: ReadonlySet<string> = new Set(['integration', 'contract', 'browser'])

export default defineConfig({
  test: {
    projects: Object.entries(tiers).map(([name, include]) => ({
      test: {
        name,
        include: [...include],
        environment: 'node',
        expect: { poll: { timeout: 15_000 } },
        testTimeout: name === 'unit' ? 10_000 : 60_000,
        hookTimeout: 120_000,
        globalSetup: needsDatabase.has(name) ? ['packages/testkit/src/vitest-global-setup.ts'] : [],
      },
    })),
  },
})
