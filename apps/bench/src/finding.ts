import { median, spread } from './statistics/statistics.ts'
import { judge, TARGETS, type TargetName, type Verdict } from './targets.ts'

export type Unit = 's' | 'ms' | '/s' | 'MB' | 'KB' | 'octets' | '×' | '%'

/** One thing that was measured, with every sample of it. */
export interface Finding {
  readonly what: string
  readonly unit: Unit
  readonly median: number
  /** Half of the distance between the extremes, as a part of the median. */
  readonly spread: number
  readonly samples: readonly number[]
  /** Null: no target speaks of it; it stands here to explain another. */
  readonly target: TargetName | null
  readonly verdict: Verdict | null
  readonly note: string | null
}

export interface FindingDetails {
  readonly target?: TargetName | undefined
  readonly note?: string | undefined
}

/** Makes a finding of its samples. @throws RangeError for none */
export function finding(what: string, unit: Unit, samples: readonly number[], { target, note }: FindingDetails = {}): Finding {
  const middle = median(samples)
  return {
    what,
    unit,
    median: middle,
    spread: spread(samples),
    samples,
    target: target ?? null,
    verdict: target === undefined ? null : judge(middle, TARGETS[target]),
    note: note ?? null,
  }
}
