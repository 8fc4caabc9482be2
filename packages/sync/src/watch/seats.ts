/** Room for connections that are nice to have. Whoever has one leaves when it is wanted for something else. */
export class Seats {
  /** With the host each is a connection to. */
  readonly #taken = new Map<AbortController, string>()
  #room = 0

  get taken(): number {
    return this.#taken.size
  }

  /** So many there are from now on; of those taken what is over it is asked to leave. */
  setRoom(room: number): void {
    this.#room = Math.max(0, room)
    for (const leave of [...this.#taken.keys()].slice(this.#room)) {
      leave.abort(new Error('The seat is wanted.'))
    }
  }

  /** Asks up to so many of those at a host to leave. @returns how many of them leave, or did not yet since they were asked */
  vacate(host: string, count: number): number {
    const leaving = [...this.#taken].filter(([, at]) => at === host).slice(0, count)
    for (const [leave] of leaving) {
      leave.abort(new Error('The host has no room for the seat.'))
    }
    return leaving.length
  }

  /** Runs something in a seat; its signal fires when it must leave, or when the caller's does. @returns null when there is none */
  async hold<T>(host: string, signal: AbortSignal, use: (stop: AbortSignal) => Promise<T>): Promise<T | null> {
    if (this.#taken.size >= this.#room) {
      return null
    }
    const leave = new AbortController()
    this.#taken.set(leave, host)
    try {
      return await use(AbortSignal.any([signal, leave.signal]))
    } finally {
      this.#taken.delete(leave)
    }
  }
}
