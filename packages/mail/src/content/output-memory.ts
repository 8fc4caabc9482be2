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

/** In memory of its own, never in Node's pool: that has `Buffer.poolSize` octets, and what needs more of them is not cut from it. */
function isOwn({ buffer }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize
}

function release(octets: Uint8Array): void {
  if (isOwn(octets)) {
    ;(octets.buffer as ArrayBuffer).transfer(0)
  }
}
