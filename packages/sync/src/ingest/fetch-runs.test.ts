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

async function run(fetches: number): Promise<readonly FetchedStep[]> {
  const pass = { memory: new SourceMemory(), pool: null, accountId: 'a', signal: new AbortController().signal } as unknown as Pass
  let left = fetches
  const mayFetch = (): boolean => (left -= 1) >= 0
  const download = { pass, session, mailbox: { id: 'm' }, withheld: new Map(), mayFetch } as unknown as Download
  const steps: FetchedStep[] = []
  for await (const step of fetchRuns(download, [{ by: 'header', uids: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1] }])) {
    steps.push(step)
    if (step.by === 'source') {
      step.batch.block[Symbol.dispose]()
    }
  }
  return steps
}

it('counts messages as handled when all of them are fetched whole, whose headers were refused', async () => {
  const steps = await run(10)
  expect(steps.map(({ by, handled }) => [by, handled])).toEqual([...steps.slice(1).map(() => ['source', 0]), ['header', 12]])
  expect(steps.length).toBeGreaterThan(2)
})

it('counts none of them when the time is up in between: the next slice asks for what is missing', async () => {
  const steps = await run(1)
  expect(steps.map(({ by, handled }) => [by, handled])).toEqual([
    ['source', 0],
    ['header', 0],
  ])
})
