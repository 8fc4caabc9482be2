import { randomFillSync } from 'node:crypto'
import type { Uuid } from '@maildock/core'

const random = new Uint8Array(10)
let lastMs = 0
let sequence = 0

/**
 * Makes a UUIDv7 (RFC 9562 section 5.7): ids of one process rise strictly, also within a millisecond (method 1: the 12 bits
 * after the time are a counter that starts at a random value below its half), the other 62 bits are random.
 */
export function newId(): Uuid {
  randomFillSync(random)
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    sequence = (((random[0] ?? 0) << 8) | (random[1] ?? 0)) & 0x7ff
  } else if (sequence < 0xfff) {
    sequence += 1
  } else {
    // The counter is spent, or the clock went back: borrow the next millisecond, so that order holds.
    lastMs += 1
    sequence = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const counter = sequence.toString(16).padStart(3, '0')
  const variant = (0x80 | ((random[2] ?? 0) & 0x3f)).toString(16)
  const tail = Buffer.from(random.buffer, 3, 7).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`
}
