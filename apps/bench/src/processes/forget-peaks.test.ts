import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { forgetPeaks } from './forget-peaks.ts'
import { readProcessTree } from './process-tree.ts'
import { startProcess } from './running-process.ts'

it('a peak that was forgotten is told no more', async () => {
  const script = `let held = Buffer.alloc(200 << 20, 1); held = null; gc(); console.log('held'); setInterval(() => {}, 1e6)`
  const options = { args: ['--expose-gc', '-e', script], env: {}, cwd: tmpdir() }
  await using running = startProcess({ command: process.execPath, ...options })
  await running.waitFor(/held/u)
  expect((await readProcessTree(running.pid))[0]?.peakMegabytes).toBeGreaterThan(200)
  await forgetPeaks([running.pid])
  expect((await readProcessTree(running.pid))[0]?.peakMegabytes).toBeLessThan(200)
})
