import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/** A loopback port that is free now: the one of the last run, so that connection strings stay good, else any. */
export async function findPort(portFile: string): Promise<number> {
  const last = await readPort(portFile)
  if (last !== null && (await tryPort(last)) !== null) return last
  const port = await tryPort(0)
  if (port === null) throw new Error('There is no free port on the loopback interface.')
  return port
}

/** Keeps the port for the next run. */
export async function rememberPort(portFile: string, port: number): Promise<void> {
  await writeFile(portFile, `${port}\n`, { mode: 0o600 })
}

async function readPort(portFile: string): Promise<number | null> {
  try {
    const port = Number(await readFile(portFile, 'utf8'))
    return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Listens for a moment. Null when the port is taken. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null))
    })
  })
}
