/** From here on octets are in memory of their own, never a view of a pool. */
const OWN_OCTETS = 16 * 1024

/**
 * Where a thread leaves the octets of its answer: in shared memory the caller lent it, one behind the other. What does not fit is handed over in
 * memory of its own. Octets that were moved are given back to the system at once, not when they are collected: for hundreds of megabytes
 * of them a collector would be called again and again.
 */
export class OutputMemory {
  /** What did not fit. */
  readonly transfer: ArrayBuffer[] = []
  readonly #output: Uint8Array
  #used = 0

  constructor(output: Uint8Array) {
    this.#output = output
  }

  /** The octets in their new place. The old ones must not be used any more. */
  move(octets: Uint8Array): Uint8Array {
    const start = this.#used
    if (start + octets.byteLength > this.#output.byteLength) {
      return this.#handOver(octets)
    }
    this.#output.set(octets, start)
    this.#used += octets.byteLength
    release(octets)
    return this.#output.subarray(start, this.#used)
  }

  #handOver(octets: Uint8Array): Uint8Array {
    // A view of a pool must not be handed over, and would take all of the pool along.
    const own = isOwn(octets) ? octets : new Uint8Array(octets)
    this.transfer.push(own.buffer as ArrayBuffer)
    return own
  }
}

function isOwn({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength >= OWN_OCTETS && buffer instanceof ArrayBuffer
}

function release(octets: Uint8Array): void {
  if (isOwn(octets)) {
    ;(octets.buffer as ArrayBuffer).transfer(0)
  }
}
