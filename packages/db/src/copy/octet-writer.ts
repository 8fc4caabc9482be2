const CHUNK_OCTETS = 64 * 1024
/** What is at least this long travels as it is, without being copied. */
const OWN_CHUNK_OCTETS = 16 * 1024

/** Writes numbers, text and octets one after the other, big-endian, as PostgreSQL's binary formats have them. Grows by chunks; never copies what was written. */
export class OctetWriter {
  readonly #done: Uint8Array[] = []
  #doneOctets = 0
  #chunk = Buffer.allocUnsafe(CHUNK_OCTETS)
  #start = 0
  #end = 0

  int8(value: number): void {
    this.#reserve(1)
    this.#chunk[this.#end] = value
    this.#end += 1
  }

  int16(value: number): void {
    this.#reserve(2)
    this.#end = this.#chunk.writeUInt16BE(value, this.#end)
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#end = this.#chunk.writeInt32BE(value, this.#end)
  }

  int64(value: bigint): void {
    this.#reserve(8)
    this.#end = this.#chunk.writeBigInt64BE(value, this.#end)
  }

  /** UTF-8 octets, their number before them. */
  text(value: string): void {
    const most = value.length * 3
    if (most >= OWN_CHUNK_OCTETS) {
      this.octets(Buffer.from(value, 'utf8'))
      return
    }
    this.#reserve(4 + most)
    const length = this.#chunk.write(value, this.#end + 4, 'utf8')
    this.#chunk.writeInt32BE(length, this.#end)
    this.#end += 4 + length
  }

  /** Octets, their number before them. Large ones must not change until all was sent. */
  octets(value: Uint8Array): void {
    this.int32(value.length)
    this.bare(value)
  }

  /** Octets alone. */
  bare(value: Uint8Array): void {
    if (value.length >= OWN_CHUNK_OCTETS) {
      this.#finishChunk()
      this.#push(value)
      return
    }
    this.#reserve(value.length)
    this.#chunk.set(value, this.#end)
    this.#end += value.length
  }

  /** A value whose length is known only once it is written: its number of octets stands before it. */
  measured(write: () => void): void {
    this.int32(0)
    const [chunk, at] = [this.#chunk, this.#end - 4]
    const before = this.#length()
    write()
    chunk.writeInt32BE(this.#length() - before, at)
  }

  /** Everything written so far, in pieces. */
  take(): readonly Uint8Array[] {
    this.#finishChunk()
    return this.#done.splice(0)
  }

  #length(): number {
    return this.#doneOctets + this.#end - this.#start
  }

  #reserve(octets: number): void {
    if (this.#end + octets <= this.#chunk.length) {
      return
    }
    this.#finishChunk()
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_OCTETS, octets))
    this.#start = 0
    this.#end = 0
  }

  #finishChunk(): void {
    if (this.#end > this.#start) {
      this.#push(this.#chunk.subarray(this.#start, this.#end))
      this.#start = this.#end
    }
  }

  #push(piece: Uint8Array): void {
    this.#done.push(piece)
    this.#doneOctets += piece.length
  }
}
