/** Memory for the sources of one batch. Shared with the threads that read them; given back when they are stored. */
export interface SourceBlock extends Disposable {
  /** Octets that are nobody else's until the block is given back. */
  readonly allocate: (octets: number) => Buffer
  /** What is left of it, for what is read out of the sources: twice as much, but for large messages. Nothing is allocated after it. */
  readonly takeRest: () => Uint8Array
}

interface Waiter {
  readonly octets: number
  readonly resolve: () => void
}

/** Of batches that fill one: kept for the next one, so that memory neither grows nor is asked for again and again. A third of it for the sources. */
const BLOCK_OCTETS = 13 * 1024 * 1024
const PARTS = 3
/** Less than this is not worth a block of its own size. */
const SMALL_OCTETS = 256 * 1024
const MAX_KEPT = 4

/**
 * The memory of a process for sources on their way from mail servers into the database. Whoever wants more than is left waits: batches of
 * the usual size never do, some large messages at a time (faults A22).
 */
export class SourceMemory {
  readonly #limitOctets: number
  readonly #kept: SharedArrayBuffer[] = []
  readonly #waiting: Waiter[] = []
  #usedOctets = 0

  /** In octets of sources; blocks have three times that. Default 64 MB: three batches each of five accounts, or one message of 50 MB. */
  constructor(limitOctets = 64 * 1024 * 1024) {
    this.#limitOctets = limitOctets
  }

  /** Octets in use. */
  get usedOctets(): number {
    return this.#usedOctets
  }

  /** A block for so many octets; more than it was asked for is given all the same. First come, first served. @throws the reason of the signal */
  async reserve(octets: number, signal?: AbortSignal): Promise<SourceBlock> {
    await this.#wait(octets, signal)
    const isLarge = octets > BLOCK_OCTETS / PARTS
    const kept = octets <= SMALL_OCTETS || isLarge ? undefined : this.#takeKept()
    const memory = kept ?? new SharedArrayBuffer(Math.max(1, isLarge ? octets : PARTS * octets))
    let [used, isOpen] = [0, true]
    return {
      allocate: (wanted) => {
        // The server's word about sizes may be too small.
        if (used + wanted > memory.byteLength) {
          return Buffer.from(new SharedArrayBuffer(wanted))
        }
        used += wanted
        return Buffer.from(memory, used - wanted, wanted)
      },
      takeRest: () => {
        const rest = new Uint8Array(memory, used)
        used = memory.byteLength
        return rest
      },
      [Symbol.dispose]: () => {
        if (isOpen) {
          isOpen = false
          this.#giveBack(octets, kept)
        }
      },
    }
  }

  #takeKept(): SharedArrayBuffer {
    return this.#kept.pop() ?? new SharedArrayBuffer(BLOCK_OCTETS)
  }

  async #wait(octets: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#waiting.length === 0 && this.#hasRoom(octets)) {
      this.#usedOctets += octets
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { octets, resolve }
    this.#waiting.push(waiter)
    const leave = (): void => {
      const index = this.#waiting.indexOf(waiter)
      if (index >= 0) {
        this.#waiting.splice(index, 1)
        reject(signal?.reason)
        this.#admit()
      }
    }
    signal?.addEventListener('abort', leave, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }

  /** What is larger than all there is comes in alone. */
  #hasRoom(octets: number): boolean {
    return this.#usedOctets === 0 || this.#usedOctets + octets <= this.#limitOctets
  }

  #admit(): void {
    for (let first = this.#waiting[0]; first !== undefined && this.#hasRoom(first.octets); first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#usedOctets += first.octets
      first.resolve()
    }
  }

  #giveBack(octets: number, kept: SharedArrayBuffer | undefined): void {
    this.#usedOctets -= octets
    if (kept !== undefined && this.#kept.length < MAX_KEPT) {
      this.#kept.push(kept)
    }
    this.#admit()
  }
}
