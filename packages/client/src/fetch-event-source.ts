import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { MaildockError } from './maildock-error.ts'
import { planReconnect } from './plan-retry.ts'
import { toMaildockError } from './to-maildock-error.ts'

export interface FetchEventSourceInit {
  /** Resolves with an open event stream, or rejects with the MaildockError that says why there is none. */
  readonly open: (url: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
}

/** A message of the stream, or its failure: then `cause` is the MaildockError. */
class StreamEvent extends Event {
  readonly data: string
  readonly lastEventId: string
  readonly cause: MaildockError | undefined
  readonly message: string

  constructor(type: string, init: { data?: string; lastEventId?: string; cause?: MaildockError }) {
    super(type)
    this.data = init.data ?? ''
    this.lastEventId = init.lastEventId ?? ''
    this.cause = init.cause
    this.message = init.cause?.message ?? ''
  }
}

/** The last event of a stream its server ends in good order. Our streams have no end, so it only means: come again. */
const RETURN_EVENT = 'return'

/**
 * The EventSource tRPC's httpSubscriptionLink is given, in Node and in browsers alike. The built-in one (WHATWG HTML
 * §9.2) sends no Authorization header, hides the answer it was refused with, and gives up for good on the first 502 of
 * a restarting server. This one asks for a token at each connect, tells a typed error, and reconnects with backoff for
 * as long as that can help.
 */
export class FetchEventSource extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2
  readonly CONNECTING = FetchEventSource.CONNECTING
  readonly OPEN = FetchEventSource.OPEN
  readonly CLOSED = FetchEventSource.CLOSED
  readyState: number = FetchEventSource.CONNECTING
  readonly #url: string
  readonly #init: FetchEventSourceInit
  readonly #closing = new AbortController()
  #failures = 0

  constructor(url: string, init: FetchEventSourceInit) {
    super()
    this.#url = url
    this.#init = init
    void this.#connect()
  }

  /** Ends the stream at once. No event follows. Idempotent. */
  close(): void {
    this.readyState = FetchEventSource.CLOSED
    this.#closing.abort()
  }

  /** One connection from open to end. Never rejects: what goes wrong becomes an error event. */
  async #connect(): Promise<void> {
    const connection = new AbortController()
    const onClose = (): void => connection.abort()
    this.#closing.signal.addEventListener('abort', onClose, { once: true })
    try {
      await this.#receive(await this.#init.open(this.#url, connection.signal))
      this.#retry(new MaildockError('client.network', 'The live connection ended.'))
    } catch (error) {
      this.#retry(toMaildockError(error))
    } finally {
      this.#closing.signal.removeEventListener('abort', onClose)
      connection.abort()
    }
  }

  /** Hands on what the stream says until it ends, or says that it has nothing more to say. */
  async #receive(stream: ReadableStream<Uint8Array>): Promise<void> {
    this.readyState = FetchEventSource.OPEN
    const events: EventSourceMessage[] = []
    const parser = createParser({ onEvent: (event) => events.push(event) })
    const decoder = new TextDecoder()
    const reader = stream.getReader()
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      parser.feed(decoder.decode(chunk.value, { stream: true }))
      for (const { event, data, id } of events.splice(0)) {
        if (event === RETURN_EVENT || this.#closing.signal.aborted) {
          return
        }
        this.#failures = 0
        this.dispatchEvent(new StreamEvent(event ?? 'message', { data, lastEventId: id ?? '' }))
      }
    }
  }

  #retry(cause: MaildockError): void {
    if (this.#closing.signal.aborted) {
      return
    }
    this.#failures += 1
    const delayMs = planReconnect(this.#failures, cause, Math.random())
    this.readyState = delayMs === null ? FetchEventSource.CLOSED : FetchEventSource.CONNECTING
    this.dispatchEvent(new StreamEvent('error', { cause }))
    if (delayMs !== null && !this.#closing.signal.aborted) {
      const timer = setTimeout(() => void this.#connect(), delayMs)
      this.#closing.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    }
  }
}
