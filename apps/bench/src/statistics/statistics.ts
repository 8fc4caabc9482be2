/** The value in the middle; the mean of the two in the middle where their number is even. @throws RangeError for none */
export function median(samples: readonly number[]): number {
  return percentile(samples, 50)
}

/** The `percent`-th percentile, interpolated between neighbours. @throws RangeError for no samples */
export function percentile(samples: readonly number[], percent: number): number {
  if (samples.length === 0) throw new RangeError('There is nothing to take a percentile of.')
  const sorted = samples.toSorted((left, right) => left - right)
  const position = ((sorted.length - 1) * Math.min(100, Math.max(0, percent))) / 100
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}

/** @throws RangeError for no samples */
export function mean(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError('There is nothing to take a mean of.')
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length
}

/** Half of the distance between the extremes, as a part of the median: `0.1` reads "± 10 %". Zero for a single sample. */
export function spread(samples: readonly number[]): number {
  const middle = median(samples)
  return middle === 0 ? 0 : (Math.max(...samples) - Math.min(...samples)) / 2 / Math.abs(middle)
}

/**
 * Ratios round by round: both sides of a round were measured one right after the other, so that what the machine did to one it
 * likely did to the other. @throws RangeError when the sides have not the same number of rounds
 */
export function pairwiseRatios(numerators: readonly number[], denominators: readonly number[]): readonly number[] {
  if (numerators.length !== denominators.length) throw new RangeError('Both sides need the same number of rounds.')
  return numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN))
}
