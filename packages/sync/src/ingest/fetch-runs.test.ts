import { MailFault, type ImapSession, type MessageAttributes } from '@maildock/mail'
import { expect, it } from 'vitest'
import type { Pass } from '../pass.ts'
import { fetchRuns, type Download, type FetchedStep } from './fetch-runs.ts'
import { SourceMemory } from './source-memory.ts'

const REFUSED = new MailFault({ code: 'upstream.unavailable', stage: 'ready', class: 'transient', hint: 'no' })
/** Four of them fill a batch. */
const OCTETS = 1_000_000

const attributes = (uid: number): MessageAttributes => ({
  uid,
  sizeOctets: OCTETS,
  flags: [],
  keywords: [],
  modseq: null,
  internalDate: null,
  emailId: null,
})

/** A server that gives no headers together, and every source. */
const session = {
  usable: true,
  fetchHeaders: async () => {
    throw REFUSED
  },
  fetchAttributes: async (uids: readonly number[]) => uids.toSorted((a, b) => a - b).map(attributes),
  fetchSources: async (uids: readonly number[]) => new Map(uids.map((uid) => [uid, Buffer.from('Subject: x\r\n\r\n')])),
} as unknown as ImapSession

/** A server that gives sources one by one alone. */
const reluctant = {
  ...session,
  fetchSources: async (uids: readonly number[]) => {
    if (uids.length > 1) {
      throw REFUSED
    }
    return session.fetchSources(uids)
  },
} as unknown as ImapSession

interface Run {
  /** Fetches there is time for. */
  readonly fetches: number
  readonly by?: 'header' | 'source'
  readonly over?: ImapSession
}

async function run({ fetches, by = 'header', over = session }: Run): Promise<readonly FetchedStep[]> {
  const pass = { memory: new SourceMemory(), pool: null, accountId: 'a', signal: new AbortController().signal } as unknown as Pass
  let left = fetches
  const mayFetch = (): boolean => (left -= 1) >= 0
  const download = { pass, session: over, mailbox: { id: 'm' }, withheld: new Map(), mayFetch } as unknown as Download
  const steps: FetchedStep[] = []
  for await (const step of fetchRuns(download, [{ by, uids: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1] }])) {
    steps.push(step)
    if (step.by === 'source') {
      step.batch.block[Symbol.dispose]()
    }
  }
  return steps
}

it('counts messages as handled when all of them are fetched whole, whose headers were refused', async () => {
  const steps = await run({ fetches: 10 })
  expect(steps.map(({ by, handled }) => [by, handled])).toEqual([...steps.slice(1).map(() => ['source', 0]), ['header', 12]])
  expect(steps.length).toBeGreaterThan(2)
})

it('counts none of them when the time is up in between: the next slice asks for what is missing', async () => {
  const steps = await run({ fetches: 1 })
  expect(steps.map(({ by, handled }) => [by, handled])).toEqual([
    ['source', 0],
    ['header', 0],
  ])
})

it('counts as handled what was asked for of a batch that is refused, when the time is up in between', async () => {
  const steps = await run({ fetches: 3, by: 'source', over: reluctant })
  // The chunk, and the second and third message of its first batch. The first one is always asked for.
  expect(steps.map(({ handled }) => handled)).toEqual([3])
  expect(steps.flatMap((step) => (step.by === 'source' ? step.batch.sources.map(({ attributes: { uid } }) => uid) : []))).toEqual([
    12, 11, 10,
  ])
  expect((await run({ fetches: 1, by: 'source', over: reluctant })).map(({ handled }) => handled)).toEqual([1])
})
