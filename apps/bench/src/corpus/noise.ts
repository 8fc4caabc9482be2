import { createRandom, type Random } from './random.ts'

const POOL_OCTETS = 8 << 20
let pool: Buffer | undefined

/** Octets that do not compress, as attachments are: a piece of a pool that is made once. */
export function takeNoise(random: Random, octets: number): Buffer {
  const length = Math.min(POOL_OCTETS, Math.max(1, Math.round(octets)))
  pool ??= makePool()
  const start = random.below(POOL_OCTETS - length + 1)
  return pool.subarray(start, start + length)
}

function makePool(): Buffer {
  const random = createRandom(8_191)
  const made = Buffer.allocUnsafe(POOL_OCTETS)
  for (let offset = 0; offset < POOL_OCTETS; offset += 4) made.writeUInt32LE(Math.floor(random.next() * 4_294_967_296), offset)
  return made
}
