import { createServer, type Server } from 'node:net'
import { once } from 'node:events'

/** Ports of the loopback interface that nobody used a moment ago. All different. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = []
  try {
    for (let index = 0; index < count; index += 1) {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      servers.push(server)
    }
    return servers.map(portOf)
  } finally {
    for (const server of servers) server.close()
  }
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}
