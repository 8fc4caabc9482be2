import { once } from 'node:events'
import { createServer, type TLSSocket } from 'node:tls'
import type { ServerCertificate } from '@maildock/testkit'

/** What the server sends back; `{tag}` stands for the tag of the command. HANG: nothing, ever. `cut`: sends this and hangs up. */
export type Answer = string | { readonly cut: string } | typeof HANG

export const HANG = Symbol('hang')

export interface AnsweringServerOptions {
  readonly certificate: ServerCertificate
  /** Beside IMAP4rev1. */
  readonly capabilities?: string
  /** By the beginning of the command, longest first; what is not here is answered with OK. */
  readonly answers: Readonly<Record<string, Answer>>
}

/** A server that knows its commands in any order, for a client that asks as it likes. */
export interface AnsweringServer extends AsyncDisposable {
  readonly port: number
  /** Commands without their tags, in order. */
  readonly commands: readonly string[]
  readonly openConnections: number
}

export async function startAnsweringServer({ certificate, capabilities = '', answers }: AnsweringServerOptions): Promise<AnsweringServer> {
  const sockets = new Set<TLSSocket>()
  const commands: string[] = []
  const offered = `IMAP4rev1 SASL-IR AUTH=PLAIN ${capabilities}`.trim()
  const known: Readonly<Record<string, Answer>> = { CAPABILITY: `* CAPABILITY ${offered}\r\n{tag} OK done\r\n`, ...answers }
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.write(`* OK [CAPABILITY ${offered}] ready\r\n`)
    let heard = ''
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
      for (let end = heard.indexOf('\r\n'); end >= 0; end = heard.indexOf('\r\n')) {
        answer(socket, heard.slice(0, end), { known, commands })
        heard = heard.slice(end + 2)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    commands,
    get openConnections() {
      return sockets.size
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) {
        socket.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(
  socket: TLSSocket,
  line: string,
  { known, commands }: { known: Readonly<Record<string, Answer>>; commands: string[] },
): void {
  const [, tag = '', command = ''] = /^(\S+) (.*)$/u.exec(line) ?? []
  commands.push(command)
  const name = Object.keys(known)
    .toSorted((left, right) => right.length - left.length)
    .find((beginning) => command.toUpperCase().startsWith(beginning))
  const reply = name === undefined ? '{tag} OK done\r\n' : (known[name] ?? HANG)
  if (reply === HANG) {
    return
  }
  const cut = typeof reply === 'object'
  socket.write(Buffer.from((cut ? reply.cut : reply).replaceAll('{tag}', tag), 'latin1'))
  if (cut) {
    socket.end()
  }
}
