import type { CorpusName } from '../corpus/corpus.ts'
import { finding, type Finding } from '../finding.ts'
import type { FirstSync } from '../maildock/first-sync.ts'
import { SYNC_STEPS, type SyncStep } from '../maildock/sync-probes.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'
import type { TargetName } from '../targets.ts'

/** A synchronisation with what it cost. */
export interface MeasuredSync extends FirstSync {
  /** Processor seconds by role. */
  readonly spent: ReadonlyMap<string, number>
  /** The most the busiest worker process held meanwhile. */
  readonly peakMegabytes: number
}

export type SideName = 'rawHeaders' | 'rawBodies' | 'imapflow' | 'isync' | 'product'

export interface CaseResult {
  readonly corpus: CorpusName
  readonly messages: number
  readonly syncs: readonly MeasuredSync[]
  readonly samples: Readonly<Record<SideName, readonly number[]>>
}

/** The account the demonstration begins with: the first one of a new installation. */
export function describeDemo({ connectedAfter, screenAfter, syncedAfter }: FirstSync): readonly Finding[] {
  return [
    finding('demo mailbox: connect answered', 's', [connectedAfter]),
    finding('demo mailbox: connect → first 50 readable', 's', [screenAfter], { note: 'the first account of a new installation' }),
    finding('demo mailbox: connect → synced', 's', [syncedAfter]),
  ]
}

const STEP_NAMES: Readonly<Record<SyncStep, string>> = {
  listed: 'all listed',
  stored: 'all sources stored, every message readable',
  searchable: 'all searchable',
  threaded: 'all threaded',
}

/** The findings of one mailbox. Ratios above 1 are in our favour; what a version of the product does not do has no verdict. */
export function describeCase(result: CaseResult): readonly Finding[] {
  const { syncs, samples } = result
  const size = sizeOf(result)
  const isyncThere = samples.isync.every((seconds) => !Number.isNaN(seconds))
  return [
    finding(`${size}: connect → first 50 readable`, 's', pick(syncs, 'screenAfter'), targetAt10k(result, 'firstScreen')),
    ...SYNC_STEPS.flatMap((step) => {
      const seconds = secondsOf(syncs, step)
      return seconds === null ? [] : [finding(`${size}: connect → ${STEP_NAMES[step]}`, 's', seconds)]
    }),
    finding(`${size}: connect → synced`, 's', samples.product),
    ...describeRatios(result),
    ...(isyncThere ? [finding(`${size}: isync to Maildir`, 's', samples.isync), ...describeIsyncRatios(result)] : []),
    finding(`${size}: raw headers and structure`, 's', samples.rawHeaders),
    finding(`${size}: raw bodies`, 's', samples.rawBodies),
    finding(`${size}: imapflow, all fields, nothing stored`, 's', samples.imapflow),
    finding(`${size}: connect answered`, 's', pick(syncs, 'connectedAfter')),
    finding(`${size}: peak of the busiest worker`, 'MB', pick(syncs, 'peakMegabytes'), {
      target: 'workerPeak',
      note: 'resident, parser threads included',
    }),
    ...describeSpent(result),
  ]
}

function describeRatios(result: CaseResult): readonly Finding[] {
  const { syncs, samples } = result
  const size = sizeOf(result)
  const listed = secondsOf(syncs, 'listed')
  const stored = secondsOf(syncs, 'stored')
  const missing = (['searchable', 'threaded'] as const).filter((step) => secondsOf(syncs, step) === null)
  const complete = missing.length === 0
  return [
    ...(listed === null
      ? []
      : [
          finding(
            `${size}: raw headers : listed`,
            '×',
            pairwiseRatios(samples.rawHeaders, listed),
            targetAt10k(result, 'metadataToRawHeaders'),
          ),
        ]),
    ...(stored === null
      ? []
      : [finding(`${size}: raw bodies : stored`, '×', pairwiseRatios(samples.rawBodies, stored), targetAt10k(result, 'syncToRawBodies'))]),
    finding(`${size}: raw bodies : everything`, '×', pairwiseRatios(samples.rawBodies, lastOf(syncs)), {
      ...(complete ? targetOfEverything(result) : { note: `this version has no step "${missing.join('", "')}": no verdict` }),
    }),
  ]
}

function describeIsyncRatios(result: CaseResult): readonly Finding[] {
  const { syncs, samples } = result
  const size = sizeOf(result)
  const stored = secondsOf(syncs, 'stored')
  return [
    ...(stored === null
      ? []
      : [finding(`${size}: isync : stored`, '×', pairwiseRatios(samples.isync, stored), targetAt10k(result, 'syncToIsync'))]),
    finding(`${size}: isync : everything`, '×', pairwiseRatios(samples.isync, lastOf(syncs))),
  ]
}

/** Processor time: what the noise of a shared machine changes least. */
function describeSpent(result: CaseResult): readonly Finding[] {
  const roles = ['work', 'postgres', 'up', 'dovecot'] as const
  return roles.map((role) =>
    finding(
      `${sizeOf(result)}: processor time, ${role}`,
      's',
      result.syncs.map(({ spent }) => spent.get(role) ?? 0),
    ),
  )
}

/** When everything was there: the last step, or the word of the API that ends it. */
function lastOf(syncs: readonly MeasuredSync[]): readonly number[] {
  return syncs.map(({ stepsAfter, syncedAfter }) => Math.max(syncedAfter, ...Object.values(stepsAfter)))
}

/** Null when the product has no such step. */
function secondsOf(syncs: readonly MeasuredSync[], step: SyncStep): readonly number[] | null {
  const seconds = syncs.flatMap(({ stepsAfter }) => stepsAfter[step] ?? [])
  return seconds.length === 0 ? null : seconds
}

function pick(syncs: readonly MeasuredSync[], name: 'screenAfter' | 'connectedAfter' | 'peakMegabytes'): readonly number[] {
  return syncs.map((sync) => sync[name])
}

/** Rows 1 to 3b speak of 10 000 mixed messages: what is smaller has no verdict. */
function targetAt10k({ corpus, messages }: CaseResult, target: TargetName): { readonly target?: TargetName } {
  return corpus === 'mixed' && messages >= 10_000 ? { target } : {}
}

/** Row 3b, and row 4 for 100 000 small messages. */
function targetOfEverything(result: CaseResult): { readonly target?: TargetName } {
  const isRow4 = result.corpus === 'small' && result.messages >= 100_000
  return isRow4 ? { target: 'smallToRawBodies' } : targetAt10k(result, 'searchableToRawBodies')
}

function sizeOf({ corpus, messages }: CaseResult): string {
  return `${messages} ${corpus}`
}
