import { once } from 'node:events'
import { createServer, type TLSSocket } from 'node:tls'
import type { ServerCertificate } from '@maildock/testkit'

/** What the server does when it is told IDLE. */
export interface IdleManners {
  /** Sent for IDLE; `{tag}` is its tag. Default: the continuation that lets it idle. */
  readonly onIdle?: string
  /** Sent for DONE. Null: it never answers. Default: the tagged OK. */
  readonly onDone?: string | null
  /** Sent for NOTIFY. Default: OK. */
  readonly onNotify?: string
}

/** A mail server with one mailbox that idles, well or badly, and says what the test lets it say. */
export interface IdlingServer extends AsyncDisposable {
  readonly port: number
  /** Commands without their tags, and DONE, in order. */
  readonly commands: readonly string[]
  readonly openConnections: number
  manners: IdleManners
  /** Sent by EXAMINE from now on. */
  exists: number
  /** To every client, now. */
  say(text: string, then?: 'and hang up'): void
  /** Destroys every connection, as a server that dies. */
  cut(): void
}

export async function startIdlingServer(certificate: ServerCertificate, capabilities = 'IDLE'): Promise<IdlingServer> {
  const sockets = new Set<TLSSocket>()
  const commands: string[] = []
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.write(`* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN ${capabilities}] ready\r\n`)
    let heard = ''
    let idleTag = ''
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
      for (let end = heard.indexOf('\r\n'); end >= 0; end = heard.indexOf('\r\n')) {
        idleTag = answer(socket, heard.slice(0, end), idleTag)
        heard = heard.slice(end + 2)
      }
    })
  })
  const stand: IdlingServer = {
    get port() {
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : 0
    },
    commands,
    get openConnections() {
      return sockets.size
    },
    manners: {},
    exists: 3,
    say: (text, then) => {
      for (const socket of sockets) {
        socket.write(text)
        if (then !== undefined) {
          socket.end()
        }
      }
    },
    cut: () => {
      for (const socket of sockets) {
        socket.destroy()
      }
    },
    [Symbol.asyncDispose]: async () => {
      stand.cut()
      server.close()
      await once(server, 'close')
    },
  }

  /** @returns the tag of the IDLE that is under way */
  function answer(socket: TLSSocket, line: string, idleTag: string): string {
    if (line === 'DONE') {
      commands.push(line)
      const { onDone = '{tag} OK done\r\n' } = stand.manners
      socket.write((onDone ?? '').replaceAll('{tag}', idleTag))
      return ''
    }
    const [, tag = '', command = ''] = /^(\S+) (.*)$/u.exec(line) ?? []
    commands.push(command)
    if (command === 'IDLE') {
      socket.write((stand.manners.onIdle ?? '+ idling\r\n').replaceAll('{tag}', tag))
      return tag
    }
    if (command.startsWith('NOTIFY')) {
      socket.write((stand.manners.onNotify ?? '{tag} OK done\r\n').replaceAll('{tag}', tag))
      return idleTag
    }
    socket.write(`${untagged(command)}${tag} OK done\r\n`)
    return idleTag
  }

  function untagged(command: string): string {
    if (command.startsWith('LIST')) {
      return '* LIST () "/" INBOX\r\n'
    }
    if (command.startsWith('CAPABILITY')) {
      return `* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN ${capabilities}\r\n`
    }
    return command.startsWith('EXAMINE') ? `* ${stand.exists} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 11] ok\r\n` : ''
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return stand
}
