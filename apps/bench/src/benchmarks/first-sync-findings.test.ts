import { describe, expect, it } from 'vitest'
import type { SyncStep } from '../maildock/sync-probes.ts'
import { describeCase, type CaseResult } from './first-sync-findings.ts'

const ALL_STEPS = { listed: 2, stored: 4, searchable: 5, threaded: 6 }

function resultOf(change: Partial<CaseResult> & { readonly steps?: Partial<Record<SyncStep, number>> } = {}): CaseResult {
  const { steps = ALL_STEPS, ...rest } = change
  const sync = {
    connectedAfter: 0.1,
    screenAfter: 0.4,
    stepsAfter: steps,
    syncedAfter: 8,
    messages: 1,
    spent: new Map(),
    peakMegabytes: 170,
  }
  const samples = { rawHeaders: [1], rawBodies: [2], imapflow: [3], isync: [6], product: [8] }
  return { corpus: 'mixed', messages: 10_000, syncs: [sync], samples, ...rest }
}

const find = (result: CaseResult, what: string) => describeCase(result).find((found) => found.what.endsWith(what))
const targets = (result: CaseResult) => describeCase(result).flatMap(({ target }) => target ?? [])

describe('the findings of a first synchronisation', () => {
  it('divide by what each row speaks of: the list, the sources, and the end of everything', () => {
    const result = resultOf()
    expect(find(result, 'raw headers : listed')).toMatchObject({ median: 0.5, target: 'metadataToRawHeaders' })
    expect(find(result, 'raw bodies : stored')).toMatchObject({ median: 0.5, target: 'syncToRawBodies' })
    expect(find(result, 'raw bodies : everything')).toMatchObject({ median: 0.25, target: 'searchableToRawBodies' })
    expect(find(result, 'isync : stored')).toMatchObject({ median: 1.5, target: 'syncToIsync' })
  })

  it('judge nothing that this version does not do', () => {
    const result = resultOf({ steps: { listed: 2, stored: 4 } })
    expect(find(result, 'raw bodies : everything')).toMatchObject({ median: 0.25, target: null, verdict: null })
    expect(find(result, 'all searchable')).toBeUndefined()
  })

  it('judge a mailbox by the rows of its size and kind alone', () => {
    expect(targets(resultOf({ messages: 1_000 }))).toEqual(['workerPeak'])
    expect(targets(resultOf({ corpus: 'small', messages: 100_000 }))).toEqual(['smallToRawBodies', 'workerPeak'])
  })

  it('leave isync out where it is not installed', () => {
    const { samples } = resultOf()
    expect(find(resultOf({ samples: { ...samples, isync: [Number.NaN] } }), 'isync : stored')).toBeUndefined()
  })
})
