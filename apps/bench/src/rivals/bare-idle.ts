import { once } from 'node:events'
import { connect } from 'node:tls'
import { quoteImap, type ImapWireSettings } from './imap-wire.ts'

/** The barest of watchers: INBOX is open and waits in IDLE; what the server tells is told on. */
export interface BareIdle extends AsyncDisposable {
  /** Waits until the server tells of a change of the number of messages. @returns when, in the time of `performance.now()` */
  untilTold(deadlineMs: number): Promise<number>
}

/** Enough of the end of an answer to hold a line that came in two pieces. */
const TAIL_CHARACTERS = 100

/** Signs in and idles. */
export async function openBareIdle({ host, port, ca, username, password }: ImapWireSettings): Promise<BareIdle> {
  const socket = connect({ host, port, ca, servername: host })
  socket.setNoDelay(true)
  await once(socket, 'data')
  const ready = Promise.withResolvers<void>()
  let tail = ''
  let idling = false
  let told: PromiseWithResolvers<number> | null = null
  socket.on('data', (chunk: Buffer) => {
    const text = tail + chunk.toString('latin1')
    if (!idling && /^\+ /mu.test(text)) {
      idling = true
      ready.resolve()
    }
    const complete = text.slice(0, text.lastIndexOf('\n') + 1)
    tail = text.slice(complete.length).slice(-TAIL_CHARACTERS)
    if (/^t\d (?:NO|BAD)/mu.test(complete)) ready.reject(new Error(`The server answered: ${complete.trim()}`))
    if (/^\* \d+ EXISTS\r$/mu.test(complete)) told?.resolve(performance.now())
  })
  socket.on('error', (error) => ready.reject(error))
  socket.on('close', () => ready.reject(new Error('The server closed the connection.')))
  // All at once: the server takes them one by one, and IDLE is answered last.
  socket.write(`t1 LOGIN ${quoteImap(username)} ${quoteImap(password)}\r\nt2 EXAMINE INBOX\r\nt3 IDLE\r\n`)
  await ready.promise
  return {
    untilTold: async (deadlineMs) => {
      const waiting = Promise.withResolvers<number>()
      told = waiting
      const timer = setTimeout(() => waiting.reject(new Error(`The server told nothing within ${deadlineMs} ms.`)), deadlineMs)
      return waiting.promise.finally(() => clearTimeout(timer))
    },
    [Symbol.asyncDispose]: async () => {
      if (socket.destroyed) return
      const closed = once(socket, 'close')
      socket.destroy()
      await closed
    },
  }
}
