import { describe, expect, it } from 'vitest'
import { summarizeProfile } from './describe-profile.ts'

const node = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } })

describe('a profile', () => {
  it('is summed by package and by function, idle time left out', () => {
    const summary = summarizeProfile({
      nodes: [
        node(1, '(idle)', ''),
        node(2, 'writev', ''),
        node(3, 'parse', 'file:///srv/node_modules/.pnpm/zod@4/node_modules/zod/v4/core.js'),
        node(4, '', 'file:///srv/packages/api/src/trpc.ts'),
        node(5, 'emit', 'node:internal/streams'),
      ],
      samples: [1, 2, 3, 4, 5, 2],
      timeDeltas: [0, 900_000, 100_000, 200_000, 300_000, 400_000],
    })
    expect(summary.busySeconds).toBe(1)
    expect([...summary.byPlace]).toEqual([
      ['(native)', 100_000],
      ['zod', 200_000],
      ['packages/api/src/trpc.ts', 300_000],
      ['node:internal', 400_000],
    ])
    expect(summary.byFunction.get('(anonymous)  packages/api/src/trpc.ts')).toBe(300_000)
  })
})
