/** Room for connections that are nice to have. Whoever has one leaves when it is wanted for something else. */
export class Seats {
  readonly #taken = new Set<AbortController>()
  #room = 0

  get taken(): number {
    return this.#taken.size
  }

  /** So many there are from now on; of those taken what is over it is asked to leave. */
  setRoom(room: number): void {
    this.#room = Math.max(0, room)
    for (const leave of [...this.#taken].slice(this.#room)) {
      leave.abort(new Error('The seat is wanted.'))
    }
  }

  /** Runs something in a seat; its signal fires when it must leave, or when the caller's does. @returns null when there is none */
  async hold<T>(signal: AbortSignal, use: (stop: AbortSignal) => Promise<T>): Promise<T | null> {
    if (this.#taken.size >= this.#room) {
      return null
    }
    const leave = new AbortController()
    this.#taken.add(leave)
    try {
      return await use(AbortSignal.any([signal, leave.signal]))
    } finally {
      this.#taken.delete(leave)
    }
  }
}
