import { describe, expect, it } from 'vitest'
import { planRestartMs, planWorkers } from './supervisor.ts'

describe('planRestartMs', () => {
  it('doubles from half a second to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(planRestartMs)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })
})

describe('planWorkers', () => {
  it('plans as many as asked for, each to work alone, with the secrets in its environment and not in its arguments', () => {
    const workers = planWorkers(3, { CREDENTIAL_KEYS: 'k1:secret' })
    expect(workers.map(({ name }) => name)).toEqual(['work-1', 'work-2', 'work-3'])
    for (const { args, env } of workers) {
      expect(args).toEqual(['work'])
      expect(env).toEqual({ CREDENTIAL_KEYS: 'k1:secret', WORK_PROCESSES: '1' })
    }
  })
})
