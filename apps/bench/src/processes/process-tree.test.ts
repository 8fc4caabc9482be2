import { describe, expect, it } from 'vitest'
import { readProcessTree } from './process-tree.ts'

describe('a process tree', () => {
  it('begins with the process itself', async () => {
    const tree = await readProcessTree(process.pid)
    const own = tree.find(({ pid }) => pid === process.pid)
    expect(own?.residentMegabytes).toBeGreaterThan(10)
    expect(own?.peakMegabytes).toBeGreaterThanOrEqual(own?.residentMegabytes ?? Number.NaN)
    expect(own?.cpuSeconds).toBeGreaterThanOrEqual(0)
    expect(own?.parent).toBe(process.ppid)
  })

  it('of a process that is gone is empty', async () => {
    expect(await readProcessTree(2 ** 30)).toEqual([])
  })
})
