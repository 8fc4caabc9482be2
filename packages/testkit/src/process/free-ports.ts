import { once } from 'node:events'
import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Below what systems give to outgoing connections (Linux from 32 768, RFC 6335 from 49 152): no connection of another test can take one of
 * these between our look and the start of its server.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const ATTEMPTS = 200

/** Ports of the loopback interface that nobody used a moment ago. All different. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = []
  try {
    for (let attempt = 0; servers.length < count; attempt += 1) {
      if (attempt === ATTEMPTS) throw new Error('there are no free ports on the loopback interface')
      const server = await listenOn(randomInt(FIRST_PORT, LAST_PORT))
      if (server !== null) servers.push(server)
    }
    return servers.map(portOf)
  } finally {
    for (const server of servers) server.close()
  }
}

/** Null when the port is taken. */
async function listenOn(port: number): Promise<Server | null> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null
    throw error
  }
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}
