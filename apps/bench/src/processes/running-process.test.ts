import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { runToEnd, startProcess, type StartProcessOptions } from './running-process.ts'

const node = (script: string): StartProcessOptions => ({
  command: process.execPath,
  args: ['-e', script],
  env: {},
  cwd: tmpdir(),
  deadlineMs: 20_000,
})

describe('a process of our own', () => {
  it('is waited for by what it writes, and stopped by a signal', async () => {
    await using running = startProcess(
      node(`process.on('SIGINT', () => process.exit(7)); console.log('ready on 4711'); setInterval(() => {}, 1e6)`),
    )
    const [, port] = await running.waitFor(/ready on (\d+)/u)
    expect(port).toBe('4711')
    expect(await running.stop('SIGINT')).toBe(7)
  })

  it('that ends without what is waited for is an error that shows its output', async () => {
    await using running = startProcess(node(`console.error('no such thing'); process.exit(3)`))
    await expect(running.waitFor(/ready/u)).rejects.toThrow('no such thing')
  })

  it('takes what it has started with it', async () => {
    // The child holds our pipe open: the process counts as ended only when its child has ended, too.
    const idle = 'setInterval(() => {}, 1e6)'
    const running = startProcess(
      node(
        `require('node:child_process').spawn(process.execPath, ['-e', "console.log('child runs'); ${idle}"], { stdio: 'inherit' }); ${idle}`,
      ),
    )
    await running.waitFor(/child runs/u)
    await running[Symbol.asyncDispose]()
    expect(await running.ended).toBeNull()
  })

  it('run to its end gives its output, or fails with it', async () => {
    expect(await runToEnd(node(`console.log('done')`))).toBe('done\n')
    await expect(runToEnd(node(`console.log('broken'); process.exit(1)`))).rejects.toThrow('broken')
    await expect(runToEnd({ ...node(''), command: '/no/such/program' })).rejects.toThrow('ended with null')
  })
})
