import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askThreads, sortUids } from '../fixture/ask-threads.ts'
import { composeConversations, composeLetter, type Letter } from '../fixture/compose-conversations.ts'
import { deliverMany } from '../fixture/deliver-many.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

async function deliver(letters: readonly Letter[], account?: StagedAccount): Promise<StagedAccount> {
  const reader = account ?? (await stage.connect())
  await deliverMany(stage.dovecot, reader.user, letters.map(composeLetter))
  await stage.sync(reader, { reason: 'manual' })
  return reader
}

/** UIDs of each of our threads, as askThreads tells the server's. */
async function listThreads({ id }: StagedAccount): Promise<string[]> {
  const { rows } = await stage.pool.query<{ uids: string[] }>(
    `SELECT array_agg(placement.uid::text) AS uids FROM placement JOIN message ON message.account_id = placement.account_id AND message.id = placement.message_id
     WHERE placement.account_id = $1 AND message.thread_id IS NOT NULL GROUP BY message.thread_id`,
    [id],
  )
  return rows.map(({ uids }) => sortUids(uids)).toSorted()
}

describe('against THREAD=REFS of Dovecot', () => {
  it.each([1, 2, 3])('conversations with missing links and branches are the same (seed %i)', async (seed) => {
    const letters = composeConversations(seed, 300)
    const account = await deliver(letters.slice(0, 150))
    // The rest answers what is stored, and is answered by it.
    await deliver(letters.slice(150), account)
    const threads = await listThreads(account)
    expect(threads).toEqual(await askThreads(stage, account, 'REFS'))
    expect(threads.length).toBeGreaterThan(20)
  })

  it('messages that were stored before there were threads get the same', async () => {
    const account = await deliver(composeConversations(4, 300))
    const before = await listThreads(account)
    await stage.pool.query('DELETE FROM thread WHERE account_id = $1', [account.id])
    await stage.pool.query('DELETE FROM thread_link WHERE account_id = $1', [account.id])
    await stage.pool.query('UPDATE message SET thread_id = NULL WHERE account_id = $1', [account.id])
    await stage.sync(account, { reason: 'sweep' })
    expect(await listThreads(account)).toEqual(before)
    expect(before).toEqual(await askThreads(stage, account, 'REFS'))
  })
})

interface Deviation {
  readonly what: string
  readonly letters: readonly Letter[]
  readonly algorithm: 'REFS' | 'REFERENCES'
  readonly theirs: readonly string[]
  readonly ours: readonly string[]
}

const [a, b, c, d] = ['<a@example.org>', '<b@example.org>', '<c@example.org>', '<d@example.org>']

/** All of them, and why: ADR 0017. */
const DEVIATIONS: readonly Deviation[] = [
  {
    what: 'the same Message-ID twice: two copies of one mail',
    letters: [
      { id: a, subject: 'One' },
      { id: a, subject: 'One', body: 'as the list sent it' },
    ],
    algorithm: 'REFS',
    theirs: ['1', '2'],
    ours: ['1 2'],
  },
  {
    what: 'In-Reply-To beside References that do not have it',
    letters: [
      { id: a, subject: 'One' },
      { id: b, subject: 'Two' },
      { id: c, subject: 'Three', references: [a], inReplyTo: b },
    ],
    algorithm: 'REFS',
    theirs: ['1 3', '2'],
    ours: ['1 2 3'],
  },
  {
    what: 'References that contradict each other about who answered whom',
    letters: [
      { id: a, subject: 'One' },
      { id: b, subject: 'Two' },
      { id: c, subject: 'Three', references: [a, d] },
      { id: '<e@example.org>', subject: 'Four', references: [b, d] },
    ],
    algorithm: 'REFS',
    theirs: ['1 3 4', '2'],
    ours: ['1 2 3 4'],
  },
  {
    what: 'originals of one subject are not one conversation',
    letters: [
      { id: a, subject: 'Hello' },
      { id: b, subject: 'Hello', day: 1 },
    ],
    algorithm: 'REFERENCES',
    theirs: ['1 2'],
    ours: ['1', '2'],
  },
  {
    what: 'an answer that names another message does not join by its subject',
    letters: [
      { id: a, subject: 'Hello' },
      { id: b, subject: 'Re: Hello', references: [c], day: 1 },
    ],
    algorithm: 'REFERENCES',
    theirs: ['1 2'],
    ours: ['1', '2'],
  },
  {
    what: 'an answer after more than thirty days does not either',
    letters: [
      { id: a, subject: 'Hello' },
      { id: b, subject: 'Re: Hello', day: 31 },
    ],
    algorithm: 'REFERENCES',
    theirs: ['1 2'],
    ours: ['1', '2'],
  },
  {
    what: 'marks of other languages are known',
    letters: [
      { id: a, subject: 'Hello' },
      { id: b, subject: 'AW: Hello', day: 1 },
    ],
    algorithm: 'REFERENCES',
    theirs: ['1', '2'],
    ours: ['1 2'],
  },
]

/** Where the subject decides as in the RFC. */
const AGREEMENTS: readonly (readonly [what: string, letters: readonly Letter[], threads: readonly string[]])[] = [
  [
    'an answer without references',
    [
      { id: a, subject: 'Hello' },
      { id: b, subject: 'Re: [list] hello (fwd)', day: 1 },
    ],
    ['1 2'],
  ],
  [
    'an answer of another subject',
    [
      { id: a, subject: 'Hello' },
      { id: b, subject: 'Re: Hello again', day: 1 },
    ],
    ['1', '2'],
  ],
  [
    'no subject',
    [
      { id: a, subject: '' },
      { id: b, subject: 'Re:', day: 1 },
    ],
    ['1', '2'],
  ],
  [
    'identifiers that are none',
    [
      { id: '<undefined>', subject: 'One' },
      { id: '<undefined>', subject: 'Two', references: ['<null>'] },
      { id: '', subject: 'Three', inReplyTo: '<undefined>' },
    ],
    ['1', '2', '3'],
  ],
]

describe('where it differs from RFC 5256', () => {
  it.each(DEVIATIONS)('$what', async ({ letters, algorithm, theirs, ours }) => {
    const account = await deliver(letters)
    expect({ theirs: await askThreads(stage, account, algorithm), ours: await listThreads(account) }).toEqual({ theirs, ours })
  })

  it.each(AGREEMENTS)('and where not: %s', async (_what, letters, threads) => {
    const account = await deliver(letters)
    expect(await askThreads(stage, account, 'REFERENCES')).toEqual(threads)
    expect(await listThreads(account)).toEqual(threads)
  })
})
