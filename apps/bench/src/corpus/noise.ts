import { createRandom, type Random } from './random.ts'

const POOL_OCTETS = 8 << 20
let pool: Buffer | undefined

/** Octets that do not compress, as attachments are: pieces of a pool that is made once. */
export function takeNoise(random: Random, octets: number): Buffer {
  const length = Math.max(1, Math.round(octets))
  pool ??= makePool()
  const whole = Math.floor((length - 1) / POOL_OCTETS)
  const rest = length - whole * POOL_OCTETS
  const start = random.below(POOL_OCTETS - rest + 1)
  const piece = pool.subarray(start, start + rest)
  return whole === 0 ? piece : Buffer.concat([...Array.from<Buffer>({ length: whole }).fill(pool), piece])
}

function makePool(): Buffer {
  const random = createRandom(8_191)
  const made = Buffer.allocUnsafe(POOL_OCTETS)
  for (let offset = 0; offset < POOL_OCTETS; offset += 4) made.writeUInt32LE(Math.floor(random.next() * 4_294_967_296), offset)
  return made
}
