/** What is kept between lines, so that an idle connection holds no memory. */
const KEPT_OCTETS = 4096

/** The beginning of a line whose end has not come yet. Grows by doubling, so that octets that drip in cost no more than others. */
export class LineCarry {
  octets: Buffer = Buffer.alloc(0)
  length = 0

  append(chunk: Buffer, start: number, end: number): void {
    const length = this.length + end - start
    if (length > this.octets.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(1024, this.octets.length * 2, length))
      this.octets.copy(grown, 0, 0, this.length)
      this.octets = grown
    }
    chunk.copy(this.octets, this.length, start, end)
    this.length = length
  }

  clear(): void {
    this.length = 0
    if (this.octets.length > KEPT_OCTETS) this.octets = Buffer.alloc(0)
  }
}
