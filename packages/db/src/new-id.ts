import { randomFillSync } from 'node:crypto'
import type { Uuid } from '@maildock/core'

/** Of one id. */
const RANDOM_OCTETS = 10
/** Asked for in one go: asking costs more than the octets. */
const random = new Uint8Array(RANDOM_OCTETS * 256)
const tails = Buffer.from(random.buffer)
let next = random.length
let lastMs = 0
let sequence = 0

/**
 * Makes a UUIDv7 (RFC 9562 section 5.7): ids of one process rise strictly, also within a millisecond (method 1: the 12 bits
 * after the time are a counter that starts at a random value below its half), the other 62 bits are random.
 */
export function newId(): Uuid {
  const start = takeRandom()
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    sequence = (((random[start] ?? 0) << 8) | (random[start + 1] ?? 0)) & 0x7ff
  } else if (sequence < 0xfff) {
    sequence += 1
  } else {
    // The counter is spent, or the clock went back: borrow the next millisecond, so that order holds.
    lastMs += 1
    sequence = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const counter = sequence.toString(16).padStart(3, '0')
  const variant = (0x80 | ((random[start + 2] ?? 0) & 0x3f)).toString(16)
  const tail = tails.toString('hex', start + 3, start + RANDOM_OCTETS)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`
}

/** Where ten octets begin that no other id has. */
function takeRandom(): number {
  if (next === random.length) {
    randomFillSync(random)
    next = 0
  }
  next += RANDOM_OCTETS
  return next - RANDOM_OCTETS
}
