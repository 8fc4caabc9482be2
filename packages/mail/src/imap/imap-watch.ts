import { Deadline, untilAborted } from '../deadline.ts'
import { MailFault } from '../mail-fault.ts'
import { ConnectionLost } from '../wire/line-stream.ts'
import { askForNews } from './ask-for-news.ts'
import type { ImapConnection } from './imap-connection.ts'

export interface ImapWatchOptions {
  /** Ends the connection; it is what the connection was opened with. */
  readonly signal?: AbortSignal | undefined
  /**
   * An IDLE is ended, the server asked for a sign of life, and IDLE issued again after this, unless the caller asks it for something sooner. Far
   * below the 29 minutes of RFC 2177. A half-open link is found by TCP keep-alive within a minute (faults D1); this finds a proxy that holds
   * one open to nobody. Default 280 s.
   */
  readonly probeAfterMs?: number
  /** A probe that is unanswered for so long: nobody is there. Default 15 s. */
  readonly answerWithinMs?: number
  /** More news than this between two probes is no mailbox but a flood. Default 10 000. */
  readonly maxNews?: number
}

/**
 * `changed`: something came, went, or was flagged. `elsewhere`: in another mailbox. `due`: the time is over. `refused`: the server does not idle, or
 * ends every IDLE at once. `interrupted`: the caller asked for an end.
 */
export type WatchOutcome = 'changed' | 'elsewhere' | 'due' | 'refused' | 'interrupted'

/**
 * Tells when the open mailbox of a connection changes (IDLE, RFC 2177). Changes heard while other commands run count too: a server says
 * everything once, whatever it answers at the moment.
 */
export interface ImapWatch {
  /** Whether the server offers IDLE. */
  readonly offered: boolean
  /** Whether it hears of all mailboxes. */
  readonly coversAll: boolean
  /**
   * Asks for news of the other mailboxes as well, where the server can (NOTIFY, RFC 5465; LIST-STATUS, RFC 5819). Call it once, with the mailbox
   * open and before it waits. @throws MailFault, or the reason of the signal
   */
  coverAll(): Promise<void>
  /** A look at the mailbox begins: what was heard so far is seen by it. */
  beginLook(): void
  /** All mailboxes are looked at from now on: what was heard of them so far is seen by that. */
  beginPass(): void
  /** It was opened and has so many messages: the news of this very number is none. */
  sawExists(exists: number): void
  /**
   * Waits in IDLE until there is news since the last look, `dueInMs` at most. IDLE goes on when this resolves with `changed`, `elsewhere` or `due`;
   * the next command ends it. @throws MailFault, or the reason of the signal
   */
  untilChanged(dueInMs?: number): Promise<WatchOutcome>
  /** Ends the wait, now and whenever it begins again. The connection stays. Idempotent. */
  interrupt(): void
}

/** An IDLE that a server ends sooner than this, by itself, counts against it. */
const SHORT_IDLE_MS = 30_000
const MAX_SHORT_IDLES = 5

const NEEDED_FOR_ALL = ['NOTIFY', 'LIST-STATUS']

type Signal = 'news' | 'due' | 'ended' | 'refused'

/** Watches over a connection. One at a time per connection; it lives as long as the connection. */
export function createImapWatch(connection: ImapConnection, options: ImapWatchOptions = {}): ImapWatch {
  return new ConnectionWatch(connection, options)
}

class ConnectionWatch implements ImapWatch {
  readonly offered: boolean
  coversAll = false
  readonly #connection: ImapConnection
  readonly #options: ImapWatchOptions
  #heardExists: number | null = null
  #heardOther = false
  #heardElsewhere = false
  #news = 0
  #interrupted = false
  #tell: ((signal: Signal) => void) | null = null
  #shortIdles = 0

  constructor(connection: ImapConnection, options: ImapWatchOptions) {
    this.#connection = connection
    this.#options = options
    this.offered = connection.capabilities.has('IDLE')
    const { client } = connection
    client.on('exists', ({ count }) => {
      this.#heardExists = count
      this.#count()
    })
    for (const event of ['expunge', 'flags'] as const) {
      client.on(event, () => {
        this.#heardOther = true
        this.#count()
      })
    }
  }

  async coverAll(): Promise<void> {
    // Without LIST-STATUS mailboxes are asked about one by one, and the library takes the news of another for an answer about this one.
    if (NEEDED_FOR_ALL.every((name) => this.#connection.capabilities.has(name))) {
      const hear = (): void => {
        this.#heardElsewhere = true
        this.#count()
      }
      this.coversAll = await this.#ask(async () => askForNews(this.#connection.client, hear))
    }
  }

  beginPass(): void {
    this.#heardElsewhere = false
  }

  beginLook(): void {
    this.#heardExists = null
    this.#heardOther = false
  }

  sawExists(exists: number): void {
    if (this.#heardExists === exists) {
      this.#heardExists = null
    }
  }

  interrupt(): void {
    this.#interrupted = true
    this.#tell?.('news')
  }

  async untilChanged(dueInMs = Number.POSITIVE_INFINITY): Promise<WatchOutcome> {
    const dueAt = performance.now() + dueInMs
    for (;;) {
      const startedAt = performance.now()
      if (this.#interrupted) return 'interrupted'
      if (this.#heardExists !== null || this.#heardOther) return 'changed'
      if (this.#heardElsewhere) return 'elsewhere'
      if (startedAt >= dueAt) return 'due'
      const probeAfterMs = this.#options.probeAfterMs ?? 280_000
      const leftMs = dueAt - startedAt
      switch (await this.#idleOnce(Math.min(probeAfterMs, leftMs))) {
        case 'news':
          break
        case 'due':
          // By what the timer was set for, not by the clock: a timer may come a moment early.
          if (leftMs <= probeAfterMs) return 'due'
          await this.#probe()
          break
        case 'refused':
          return 'refused'
        case 'ended':
          this.#shortIdles = performance.now() - startedAt < SHORT_IDLE_MS ? this.#shortIdles + 1 : 0
          if (this.#shortIdles >= MAX_SHORT_IDLES) return 'refused'
          break
      }
    }
  }

  /** One IDLE, until there is something to do. Only `ended` and `refused` mean that it is over. */
  async #idleOnce(forMs: number): Promise<Signal> {
    this.#assertAlive()
    const { promise, resolve } = Promise.withResolvers<Signal>()
    this.#tell = resolve
    const timer = setTimeout(resolve, Math.ceil(forMs), 'due' satisfies Signal)
    this.#runIdle().then(resolve, () => resolve('ended'))
    const signal = await promise
    clearTimeout(timer)
    this.#tell = null
    this.#assertAlive()
    return signal
  }

  /** The library has no error for an IDLE that failed: whether the connection stands tells what happened. */
  async #runIdle(): Promise<Signal> {
    return (await this.#connection.client.idle()) === false ? 'refused' : 'ended'
  }

  /** NOOP: ends IDLE with DONE, and is answered by a server that is there. Nothing else proves it: a half-open link is silent. */
  async #probe(): Promise<void> {
    await this.#ask(async () => this.#connection.client.noop())
    this.#assertAlive()
  }

  /** A command that is answered soon by a server that is there. */
  async #ask<T>(command: () => Promise<T>): Promise<T> {
    this.#news = 0
    using deadline = new Deadline(this.#options.answerWithinMs ?? 15_000, this.#options.signal)
    try {
      return await untilAborted(command(), deadline.signal)
    } catch (error) {
      this.#connection.destroy()
      if (deadline.abandoned) throw this.#options.signal?.reason ?? error
      throw this.#connection.translateError(error, deadline.expired)
    }
  }

  #assertAlive(): void {
    this.#options.signal?.throwIfAborted()
    if (this.#news > this.#maxNews) {
      throw new MailFault({
        code: 'sync.server_error',
        stage: 'ready',
        class: 'protocol',
        hint: 'The mail server tells of more changes than a mailbox can have.',
      })
    }
    if (!this.#connection.client.usable) {
      throw this.#connection.translateError(new ConnectionLost('lost while waiting for news'))
    }
  }

  #count(): void {
    this.#news += 1
    if (this.#news > this.#maxNews) {
      this.#connection.destroy()
    }
    this.#tell?.('news')
  }

  get #maxNews(): number {
    return this.#options.maxNews ?? 10_000
  }
}
