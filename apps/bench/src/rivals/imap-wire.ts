import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

export interface ImapWireSettings {
  readonly host: string
  readonly port: number
  readonly ca: string
  readonly username: string
  readonly password: string
}

/** The barest of IMAP clients: it writes commands, counts what comes back, throws it away, and knows only how a command ends. */
export interface ImapWire extends AsyncDisposable {
  /** Runs one command. @returns the octets of its answer; @throws when the server refuses it */
  command(text: string): Promise<number>
}

/** Enough of the end of an answer to hold its tagged line. */
const TAIL_OCTETS = 1_000

/** Connects by implicit TLS and signs in. */
export async function openImapWire({ host, port, ca, username, password }: ImapWireSettings): Promise<ImapWire> {
  const socket = connect({ host, port, ca, servername: host })
  await once(socket, 'data')
  // A tag no message can hold by chance: the answer is not parsed, so a literal must never look like its end.
  const prefix = `t${randomBytes(8).toString('hex')}`
  let commands = 0
  const nextTag = (): string => `${prefix}${(commands += 1)}`
  const command = async (text: string): Promise<number> => {
    const tag = nextTag()
    const answered = untilTagged(socket, tag)
    socket.write(`${tag} ${text}\r\n`)
    return await answered
  }
  await command(`LOGIN ${quoteImap(username)} ${quoteImap(password)}`)
  return {
    command,
    [Symbol.asyncDispose]: async () => {
      if (socket.destroyed) return
      const closed = once(socket, 'close')
      socket.end()
      socket.destroy()
      await closed
    },
  }
}

/** Reads until the tagged line of a command. */
async function untilTagged(socket: TLSSocket, tag: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let octets = 0
  let tail: Buffer = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    octets += chunk.length
    tail = chunk.length >= TAIL_OCTETS ? chunk.subarray(-TAIL_OCTETS) : Buffer.concat([tail, chunk]).subarray(-TAIL_OCTETS)
    if (tail.at(-1) !== 0x0a) return
    const text = tail.toString('latin1')
    const at = text.lastIndexOf(`${tag} `)
    if (at === -1) return
    if (text.startsWith('OK', at + tag.length + 1)) resolve(octets)
    else reject(new Error(`The server answered: ${text.slice(at).trim()}`))
  }
  const onError = (error: Error): void => reject(error)
  const onClose = (): void => reject(new Error('The server closed the connection.'))
  socket.on('data', onData).on('error', onError).on('close', onClose)
  try {
    return await promise
  } finally {
    socket.off('data', onData).off('error', onError).off('close', onClose)
  }
}

/** A quoted string (RFC 9051). */
export function quoteImap(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, '\\$&')}"`
}
