import { Deadline, untilAborted } from '../deadline.ts'
import { MailFault } from '../mail-fault.ts'
import { ConnectionLost } from '../wire/line-stream.ts'
import type { ImapConnection } from './imap-connection.ts'

export interface ImapWatchOptions {
  /** Ends the connection; it is what the connection was opened with. */
  readonly signal?: AbortSignal | undefined
  /**
   * An IDLE is ended, the server asked for a sign of life, and IDLE issued again after this. Far below the 29 minutes of RFC 2177, because a
   * half-open link must be found within two minutes (faults D1). Default 90 s.
   */
  readonly probeAfterMs?: number
  /** A probe that is unanswered for so long: nobody is there. Default 15 s. */
  readonly answerWithinMs?: number
  /** More news than this between two probes is no mailbox but a flood. Default 10 000. */
  readonly maxNews?: number
}

/**
 * `changed`: something came, went, or was flagged. `refused`: the server does not idle, or ends every IDLE at once. `interrupted`: the
 * caller asked for an end.
 */
export type WatchOutcome = 'changed' | 'refused' | 'interrupted'

/**
 * Tells when the open mailbox of a connection changes (IDLE, RFC 2177). Changes heard while other commands run count too: a server says
 * everything once, whatever it answers at the moment.
 */
export interface ImapWatch {
  /** Whether the server offers IDLE. */
  readonly offered: boolean
  /** A look at the mailbox begins: what was heard so far is seen by it. */
  beginLook(): void
  /** It was opened and has so many messages: the news of this very number is none. */
  sawExists(exists: number): void
  /**
   * Waits in IDLE until there is news since the last look. IDLE goes on when this resolves with `changed`; the next command ends it.
   * @throws MailFault, or the reason of the signal
   */
  untilChanged(): Promise<WatchOutcome>
  /** Ends the wait, now and whenever it begins again. The connection stays. Idempotent. */
  interrupt(): void
}

/** An IDLE that a server ends sooner than this, by itself, counts against it. */
const SHORT_IDLE_MS = 30_000
const MAX_SHORT_IDLES = 5

type Signal = 'news' | 'due' | 'ended' | 'refused'

/** Watches over a connection. One at a time per connection; it lives as long as the connection. */
export function createImapWatch(connection: ImapConnection, options: ImapWatchOptions = {}): ImapWatch {
  return new ConnectionWatch(connection, options)
}

class ConnectionWatch implements ImapWatch {
  readonly offered: boolean
  readonly #connection: ImapConnection
  readonly #options: ImapWatchOptions
  #heardExists: number | null = null
  #heardOther = false
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

  async untilChanged(): Promise<WatchOutcome> {
    for (;;) {
      if (this.#interrupted) return 'interrupted'
      if (this.#heardExists !== null || this.#heardOther) return 'changed'
      const startedAt = performance.now()
      switch (await this.#idleOnce()) {
        case 'news':
          break
        case 'due':
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
  async #idleOnce(): Promise<Signal> {
    this.#assertAlive()
    const { promise, resolve } = Promise.withResolvers<Signal>()
    this.#tell = resolve
    const timer = setTimeout(resolve, this.#options.probeAfterMs ?? 90_000, 'due' satisfies Signal)
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
    this.#news = 0
    using deadline = new Deadline(this.#options.answerWithinMs ?? 15_000, this.#options.signal)
    try {
      await untilAborted(this.#connection.client.noop(), deadline.signal)
    } catch (error) {
      this.#connection.destroy()
      if (deadline.abandoned) throw this.#options.signal?.reason ?? error
      throw this.#connection.translateError(error, deadline.expired)
    }
    this.#assertAlive()
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
