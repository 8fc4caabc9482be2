import { createParser, type EventSourceMessage, type ParseError } from 'eventsource-parser'
import { readFailure } from './http-answer.ts'
import { unlessUnreachable } from './http-transport.ts'
import { MaildockError } from './maildock-error.ts'
import { planReconnect } from './plan-retry.ts'
import { toMaildockError } from './to-maildock-error.ts'

export interface FetchEventSourceInit {
  /** Resolves with an open event stream, or rejects with the MaildockError that says why there is none. */
  readonly open: (url: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
}

/** A message of the stream (`data`), or its failure: then `cause` is the MaildockError. */
export interface StreamEvent {
  readonly type: string
  readonly data: string
  readonly lastEventId: string
  readonly message: string
  readonly cause: MaildockError | undefined
}

type StreamListener = (event: StreamEvent) => void

/** The last event of a stream its server ends in good order. Our streams have no end, so it only means: come again. */
const RETURN_EVENT = 'return'
/** The last event of a stream that has failed. Whether to come again is decided here, as for every other failure. */
const ERROR_EVENT = 'serialized-error'
/** An error within a stream came after status 200 was sent; its own status is in its data. */
const STREAM_META = { status: 200, headers: new Headers() }

/** One event tells all accounts of a user; this is many thousands of them. */
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024

/** The parser also reports fields it does not know, which a newer server may send: those are skipped, as WHATWG HTML §9.2.6 says. */
function refuseEndless(error: ParseError): void {
  if (error.type === 'max-buffer-size-exceeded') {
    throw new MaildockError('client.unexpected_response', 'The server sent an event without end.', { httpStatus: 200, cause: error })
  }
}

/** A connection that lived this long was a good one: the waits between reconnects begin anew. */
const STABLE_AFTER_MS = 5_000

/**
 * The EventSource tRPC's httpSubscriptionLink is given, in Node and in browsers alike. The built-in one (WHATWG HTML
 * §9.2) sends no Authorization header, hides the answer it was refused with, and gives up for good on the first 502 of
 * a restarting server. This one asks for a token at each connect, tells a typed error, and reconnects with backoff for
 * as long as that can help. It is no EventTarget: Node ends the process when a listener of one throws.
 */
export class FetchEventSource {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSED = 2
  readyState: number = this.CONNECTING
  readonly #url: string
  readonly #init: FetchEventSourceInit
  readonly #listeners = new Map<string, Set<StreamListener>>()
  readonly #closing = new AbortController()
  #failures = 0

  constructor(url: string, init: FetchEventSourceInit) {
    this.#url = url
    this.#init = init
    void this.#connect()
  }

  addEventListener(type: string, listener: StreamListener): void {
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(listener))
  }

  removeEventListener(type: string, listener: StreamListener): void {
    this.#listeners.get(type)?.delete(listener)
  }

  /** Ends the stream at once. No event follows. Idempotent. */
  close(): void {
    this.readyState = this.CLOSED
    this.#closing.abort()
  }

  /** One connection from open to end. Never rejects: what goes wrong becomes an error event. */
  async #connect(): Promise<void> {
    const connection = new AbortController()
    const onClose = (): void => connection.abort()
    this.#closing.signal.addEventListener('abort', onClose, { once: true })
    try {
      const stream = await this.#init.open(this.#url, connection.signal)
      const openedAt = performance.now()
      const failure = await this.#receive(stream).catch(toMaildockError)
      this.#failures = performance.now() - openedAt >= STABLE_AFTER_MS ? 0 : this.#failures
      this.#retry(failure)
    } catch (error) {
      this.#retry(toMaildockError(error))
    } finally {
      this.#closing.signal.removeEventListener('abort', onClose)
      connection.abort()
    }
  }

  /** Hands on what the stream says until it ends, or says that it has nothing more to say. Tells the end as a failure. */
  async #receive(stream: ReadableStream<Uint8Array>): Promise<MaildockError> {
    this.readyState = this.OPEN
    const events: EventSourceMessage[] = []
    const parser = createParser({ onEvent: (event) => events.push(event), onError: refuseEndless, maxBufferSize: MAX_EVENT_CHARACTERS })
    const decoder = new TextDecoder()
    const reader = stream.getReader()
    const read = async () => await unlessUnreachable(reader.read())
    for (let chunk = await read(); !chunk.done; chunk = await read()) {
      parser.feed(decoder.decode(chunk.value, { stream: true }))
      for (const { event = 'message', data, id = '' } of events.splice(0)) {
        if (event === RETURN_EVENT || this.#closing.signal.aborted) {
          return new MaildockError('client.network', 'The server has ended the live connection.')
        }
        if (event === ERROR_EVENT) {
          return readFailure(`{"error":${data}}`, STREAM_META)
        }
        this.#handOn({ type: event, data, lastEventId: id, message: '', cause: undefined })
      }
    }
    return new MaildockError('client.network', 'The live connection has ended.')
  }

  #handOn(event: StreamEvent): void {
    try {
      this.#emit(event)
    } catch (cause) {
      // The only listener is tRPC's: it parses here. Coming again would bring the same.
      throw new MaildockError('client.unexpected_response', 'The server sent an event that cannot be read.', { httpStatus: 200, cause })
    }
  }

  #emit(event: StreamEvent): void {
    this.#listeners.get(event.type)?.forEach((listener) => listener(event))
  }

  #retry(cause: MaildockError): void {
    const { signal } = this.#closing
    if (signal.aborted) {
      return
    }
    this.#failures += 1
    const delayMs = planReconnect(this.#failures, cause, Math.random())
    this.readyState = delayMs === null ? this.CLOSED : this.CONNECTING
    this.#emit({ type: 'error', data: '', lastEventId: '', message: cause.message, cause })
    if (delayMs !== null && !signal.aborted) {
      const timer = setTimeout(() => void this.#connect(), delayMs)
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    }
  }
}
