interface Seat {
  readonly host: string
  readonly leave: AbortController
  /** Aborted: it is being left. */
  readonly stop: AbortSignal
}

/** Room for connections that are nice to have. Whoever has one leaves when it is wanted for something else. */
export class Seats {
  readonly #taken = new Set<Seat>()
  #room = 0

  get taken(): number {
    return this.#taken.size
  }

  /** So many there are from now on; of those that stay what is over it is asked to leave. */
  setRoom(room: number): void {
    this.#room = Math.max(0, room)
    const staying = [...this.#taken].filter(({ stop }) => !stop.aborted)
    for (const { leave } of staying.slice(this.#room)) {
      leave.abort(new Error('The seat is wanted.'))
    }
  }

  /** Sees to it that so many of those at a host leave, if there are; who leaves already counts. @returns how many do, and have not left yet */
  vacate(host: string, count: number): number {
    const here = [...this.#taken].filter((seat) => seat.host === host)
    const [leaving, staying] = [here.filter(({ stop }) => stop.aborted), here.filter(({ stop }) => !stop.aborted)]
    const asked = staying.slice(0, Math.max(0, count - leaving.length))
    for (const { leave } of asked) {
      leave.abort(new Error('The host has no room for the seat.'))
    }
    return leaving.length + asked.length
  }

  /** Runs something in a seat; its signal fires when it must leave, or when the caller's does. @returns null when there is none */
  async hold<T>(host: string, signal: AbortSignal, use: (stop: AbortSignal) => Promise<T>): Promise<T | null> {
    if (this.#taken.size >= this.#room) {
      return null
    }
    const leave = new AbortController()
    const seat: Seat = { host, leave, stop: AbortSignal.any([signal, leave.signal]) }
    this.#taken.add(seat)
    try {
      return await use(seat.stop)
    } finally {
      this.#taken.delete(seat)
    }
  }
}
