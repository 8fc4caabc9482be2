import { isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import type { EgressPolicy } from './egress-policy.ts'

/**
 * Starts TLS on a connected socket: version and trust by the policy, identity against the name that was dialled. An IP literal has to be
 * named by an IP SAN; no fallback name is ever checked in its place.
 *
 * @throws an error of node:tls, or ECONNRESET when the server hangs up. The socket is destroyed then.
 */
export function secureSocket(socket: Socket, hostname: string, egress: EgressPolicy): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const secured = connect({
    socket,
    host: hostname,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    secureContext: egress.secureContext,
    rejectUnauthorized: true,
    checkServerIdentity: (_name, certificate) => checkServerIdentity(hostname, certificate),
  })
  // Stays for the life of the socket, as in dial(): what goes wrong later reaches readers by `close`.
  secured.on('error', (error) => {
    socket.destroy()
    reject(error)
  })
  secured.once('secureConnect', () => resolve(secured))
  secured.once('close', () => reject(new Error('the connection was closed in the TLS handshake')))
  return promise
}
