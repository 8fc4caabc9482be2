import { connect as connectSocket, createServer, type Socket } from 'node:net'

export interface Relay extends AsyncDisposable {
  readonly connectionString: string
  readonly openSockets: () => number
  /** What is connected now hears nothing any more. Later connections work. */
  readonly freeze: () => void
}

/** A TCP relay to a database whose present connections can be made to swallow everything, as a lost route does. */
export async function openRelay(connectionString: string): Promise<Relay> {
  const target = new URL(connectionString)
  const sockets = new Set<Socket>()
  const server = createServer((inbound) => {
    const outbound = connectSocket(Number(target.port), target.hostname)
    for (const [socket, peer] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => peer.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        peer.destroy()
      })
      socket.pipe(peer)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(connectionString)
  url.port = String(address !== null && typeof address === 'object' ? address.port : 0)
  return {
    connectionString: url.href,
    openSockets: () => sockets.size,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
