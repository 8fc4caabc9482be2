import { once } from 'node:events'
import { createServer, type TLSSocket } from 'node:tls'
import type { ServerCertificate } from '@maildock/testkit'

/**
 * What the server sends back; `{tag}` stands for the tag of the command. HANG: nothing, ever. `cut`: sends this and hangs up. `refuse`: sends this where it
 * would ask for a literal; otherwise the literal is read first.
 */
export type Answer = string | { readonly cut: string } | { readonly refuse: string } | typeof HANG

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
  /** What came as literals, an octet a character, in order. */
  readonly literals: readonly string[]
  readonly openConnections: number
}

export async function startAnsweringServer({ certificate, capabilities = '', answers }: AnsweringServerOptions): Promise<AnsweringServer> {
  const sockets = new Set<TLSSocket>()
  const commands: string[] = []
  const literals: string[] = []
  const offered = `IMAP4rev1 SASL-IR AUTH=PLAIN ${capabilities}`.trim()
  const known: Readonly<Record<string, Answer>> = { CAPABILITY: `* CAPABILITY ${offered}\r\n{tag} OK done\r\n`, ...answers }
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.write(`* OK [CAPABILITY ${offered}] ready\r\n`)
    const hearing: Hearing = { heard: '', pending: null }
    socket.on('data', (chunk: Buffer) => {
      hearing.heard += chunk.toString('latin1')
      while (hear(socket, hearing, { known, commands, literals })) {
        // One line or literal after the other.
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    commands,
    literals,
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

/** What was heard and not understood yet; a line that ends with a literal, while its octets come. */
interface Hearing {
  heard: string
  pending: { readonly line: string; readonly octets: number } | null
}

interface Knowledge {
  readonly known: Readonly<Record<string, Answer>>
  readonly commands: string[]
  readonly literals: string[]
}

/** @returns whether something was understood, and there may be more */
function hear(socket: TLSSocket, hearing: Hearing, knowledge: Knowledge): boolean {
  const { heard, pending } = hearing
  const end = pending === null ? heard.indexOf('\r\n') : pending.octets
  if (end < 0 || heard.length < end + 2) {
    return false
  }
  const part = heard.slice(0, end)
  hearing.heard = heard.slice(end + 2)
  hearing.pending = null
  if (pending !== null) {
    knowledge.literals.push(part)
    answer(socket, pending.line, knowledge)
    return true
  }
  const [, digits, isAtOnce] = /\{(\d+)(\+?)\}$/u.exec(part) ?? []
  const reply = findAnswer(part, knowledge)
  if (digits === undefined || (typeof reply === 'object' && 'refuse' in reply)) {
    answer(socket, part, knowledge)
    return true
  }
  hearing.pending = { line: part, octets: Number(digits) }
  if (isAtOnce === '') {
    socket.write('+ go on\r\n')
  }
  return true
}

function findAnswer(line: string, { known }: Pick<Knowledge, 'known'>): Answer {
  const command = line.slice(line.indexOf(' ') + 1)
  const name = Object.keys(known)
    .toSorted((left, right) => right.length - left.length)
    .find((beginning) => command.toUpperCase().startsWith(beginning))
  return name === undefined ? '{tag} OK done\r\n' : (known[name] ?? HANG)
}

function answer(socket: TLSSocket, line: string, knowledge: Knowledge): void {
  const [, tag = '', command = ''] = /^(\S+) (.*)$/u.exec(line) ?? []
  knowledge.commands.push(command)
  const reply = findAnswer(line, knowledge)
  if (reply === HANG) {
    return
  }
  const text = typeof reply === 'string' ? reply : 'cut' in reply ? reply.cut : reply.refuse
  socket.write(Buffer.from(text.replaceAll('{tag}', tag), 'latin1'))
  if (typeof reply === 'object' && 'cut' in reply) {
    socket.end()
  }
}
