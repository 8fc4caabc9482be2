/** Numbers that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** Normally distributed: mean 0, deviation 1. */
  normal(): number
  pick<T>(from: readonly [T, ...T[]]): T
}

/** A generator for one purpose: every key (a message, a pool) has its own, so that none depends on what was drawn before it. */
export function createRandom(seed: number, ...key: readonly number[]): Random {
  let state = key.reduce((mixed, part) => mix(mixed ^ mix(part + 0x9e37_79b9)), mix(seed))

  const next = (): number => {
    // mulberry32: 32 bits of state are plenty for the few thousand draws of one message.
    state = (state + 0x6d2b_79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (from) => from[below(from.length)] ?? from[0],
  }
}

function mix(word: number): number {
  let mixed = word | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
