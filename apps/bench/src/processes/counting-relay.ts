import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'

export interface CountingRelayOptions {
  /** Where to: implicit TLS, proved by this CA for this name. */
  readonly host: string
  readonly port: number
  readonly ca: string
  /** What it proves itself with. */
  readonly certificate: { readonly cert: string; readonly key: string }
}

/** Stands between a client and a TLS server and counts what they say to each other, as it is inside TLS. */
export interface CountingRelay extends AsyncDisposable {
  readonly port: number
  /** Octets in both directions so far, of all connections. */
  readonly octets: number
}

/** Listens on a free port of loopback. */
export async function startCountingRelay({ host, port, ca, certificate }: CountingRelayOptions): Promise<CountingRelay> {
  let octets = 0
  const open = new Set<TLSSocket>()
  const pass = (from: TLSSocket, to: TLSSocket): void => {
    open.add(from)
    from.on('data', (chunk: Buffer) => {
      octets += chunk.length
      to.write(chunk)
    })
    // Whichever way one side ends, the other one learns of it by the end of its connection.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      open.delete(from)
      to.end()
    })
  }
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (client) => {
    const upstream = connect({ host, port, ca, servername: host })
    pass(client, upstream)
    pass(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get octets() {
      return octets
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
