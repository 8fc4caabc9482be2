import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const START = fileURLToPath(new URL('start-servers.ts', import.meta.url))

interface Started {
  readonly ports: readonly number[]
  readonly folders: readonly string[]
}

/** Starts Dovecot and Postfix in a process of their own, as a test run does. */
async function startElsewhere() {
  const child = spawn(process.execPath, [START], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, started: JSON.parse(line.toString()) as Started }
}

function isListening(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: '127.0.0.1', port })
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Processes whose command line or folder names one of these folders. */
async function listProcesses(folders: readonly string[]): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return commands.filter((command) => folders.some((folder) => command.includes(folder)))
}

async function expectNothingLeft({ ports, folders }: Started): Promise<void> {
  for (const port of ports) await expect.poll(() => isListening(port), { timeout: 15_000 }).toBe(false)
  for (const folder of folders) await expect.poll(() => exists(folder), { timeout: 15_000 }).toBe(false)
  await expect.poll(() => listProcesses(folders), { timeout: 15_000 }).toEqual([])
}

describe('servers of a test', () => {
  test('end with their test', async () => {
    const { child, started } = await startElsewhere()
    for (const port of started.ports) expect(await isListening(port)).toBe(true)
    child.stdin.end()
    await once(child, 'exit')
    await expectNothingLeft(started)
  })

  test('end when the test process is killed', async () => {
    const { child, started } = await startElsewhere()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    await expectNothingLeft(started)
  })
})
