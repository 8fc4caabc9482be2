import { randomUUID } from 'node:crypto'
import {
  MAX_ATTACHMENTS,
  MAX_DRAFT_FILE_OCTETS,
  MAX_DRAFTS,
  type Draft,
  type DraftContent,
  type DraftSummary,
  type SendAnswer,
} from '@maildock/core'
import { forgetSentDrafts } from '@maildock/outbox'
import { extractAttachments } from '@maildock/mail'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import { createSender, type TestSender } from '../fixture/sender.ts'

const api = apiForFile()
let sender: TestSender
beforeEach(async () => {
  sender = await createSender(api())
})

const content = (change: Partial<DraftContent> = {}): DraftContent => ({
  accountId: sender.accountId,
  to: ['Grace <grace@example.org>', 'unfinis'],
  cc: [],
  bcc: [],
  subject: 'Plans',
  html: '<p>So far</p>',
  inReplyToMessage: null,
  forwardOfMessage: null,
  ...change,
})

const call = async (path: string, input: unknown, headers: Readonly<Record<string, string>> = {}, by = sender) =>
  api().trpc({ type: /\.(?:list|get)$/u.test(path) ? 'query' : 'mutation', path, input, headers: { ...by.user.bearer, ...headers } })
const tell = async <T>(path: string, input?: unknown): Promise<T> => {
  const { data, error } = await call(path, input)
  expect(error).toBeNull()
  return data as T
}
const codeOf = async (path: string, input: unknown, by = sender): Promise<unknown> => {
  const { error } = await call(path, input, {}, by)
  return (error?.data['maildock'] as { code: string } | undefined)?.code
}
const list = async (): Promise<DraftSummary[]> => tell<DraftSummary[]>('drafts.list')
const get = async (draftId: string): Promise<Draft> => tell<Draft>('drafts.get', { draftId })

async function save(change: Partial<DraftContent> = {}): Promise<string> {
  const draftId = randomUUID()
  await tell('drafts.save', { draftId, revision: 0, content: content(change) })
  return draftId
}

const file = (text: string, attachmentId: string = randomUUID()) => ({
  attachmentId,
  filename: 'note.txt',
  content: Buffer.from(text).toString('base64'),
})

const send = async (draftId: string, more: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  call(
    'submissions.send',
    { message: { from: { email: sender.email }, to: [{ email: 'you@example.org' }], subject: 'Plans', text: 'Hello.' }, draftId, ...more },
    headers,
  )

const setStatus = async (status: string): Promise<void> => {
  await api().database.pool.query(`update submission set status = $2, next_attempt_at = null where account_id = $1`, [
    sender.accountId,
    status,
  ])
}

describe('a draft', () => {
  it('is kept as it was written, and listed, the one that was changed last first', async () => {
    const [first, second] = [await save({ subject: 'One' }), await save({ subject: 'Two' })]
    await tell('drafts.save', { draftId: first, revision: 1, content: content({ subject: 'One more' }) })
    expect((await list()).map(({ draftId, subject, to }) => ({ draftId, subject, to }))).toEqual([
      { draftId: first, subject: 'One more', to: ['Grace <grace@example.org>', 'unfinis'] },
      { draftId: second, subject: 'Two', to: ['Grace <grace@example.org>', 'unfinis'] },
    ])
    expect(await get(first)).toMatchObject({ revision: 2, content: content({ subject: 'One more' }), attachments: [] })
  })

  it('that is saved again after a lost answer is the same', async () => {
    const draftId = await save()
    expect(await tell('drafts.save', { draftId, revision: 0, content: content() })).toMatchObject({ draftId, revision: 1 })
  })

  it('is not written over by who does not know its latest revision', async () => {
    const draftId = await save()
    const answers = await Promise.all(
      ['Left', 'Right'].map(async (subject) => call('drafts.save', { draftId, revision: 1, content: content({ subject }) })),
    )
    const codes = answers.map(({ error }) => (error?.data['maildock'] as { code: string } | undefined)?.code ?? null)
    expect(new Set(codes)).toEqual(new Set([null, 'draft.changed_meanwhile']))
    expect((await get(draftId)).revision).toBe(2)
  })

  it('is gone when it is deleted, with its files', async () => {
    const draftId = await save()
    await tell('drafts.attach', { draftId, ...file('mine') })
    await tell('drafts.remove', { draftId })
    expect([await codeOf('drafts.get', { draftId }), await codeOf('drafts.save', { draftId, revision: 1, content: content() })]).toEqual([
      'draft.not_found',
      'draft.not_found',
    ])
    expect((await api().database.pool.query('select from draft_attachment where draft_id = $1', [draftId])).rowCount).toBe(0)
  })

  it('of somebody else is not there', async () => {
    const draftId = await save()
    const other = await createSender(api())
    const codes = [
      await codeOf('drafts.get', { draftId }, other),
      await codeOf('drafts.save', { draftId, revision: 1, content: content() }, other),
      await codeOf('drafts.attach', { draftId, ...file('theirs') }, other),
      await codeOf('drafts.remove', { draftId }, other),
      await codeOf(
        'submissions.send',
        {
          message: { from: { email: other.email }, to: [{ email: 'you@example.org' }], subject: 'x', text: 'x' },
          draftId,
        },
        other,
      ),
    ]
    expect(new Set(codes)).toEqual(new Set(['draft.not_found']))
    expect((await get(draftId)).revision).toBe(1)
  })

  it.each([
    ['a text without end', { html: 'x'.repeat(1_000_001) }],
    ['too many recipients', { to: Array.from({ length: 101 }, () => 'a@example.org') }],
    ['a subject of several lines', { subject: 'a\nBcc: b' }],
    ['NUL', { html: 'a\u0000' }],
  ])('with %s is refused', async (_what, change) => {
    expect(await codeOf('drafts.save', { draftId: randomUUID(), revision: 0, content: { ...content(), ...change } })).toBe(
      'validation.failed',
    )
  })

  it('more than there may be is refused', async () => {
    await api().database.pool.query(
      `insert into draft (user_id, id, revision, content) select user_id, gen_random_uuid(), 1, '{}' from account, generate_series(1, $2) where id = $1`,
      [sender.accountId, MAX_DRAFTS],
    )
    expect(await codeOf('drafts.save', { draftId: randomUUID(), revision: 0, content: content() })).toBe('draft.quota_reached')
  })
})

describe('files of a draft', () => {
  it('are kept with it, once, until they are taken away', async () => {
    const draftId = await save()
    const [kept, taken] = [file('mine'), file('gone')]
    await tell('drafts.attach', { draftId, ...kept })
    await tell('drafts.attach', { draftId, ...kept })
    await tell('drafts.attach', { draftId, ...taken })
    await tell('drafts.detach', { draftId, attachmentId: taken.attachmentId })
    expect((await get(draftId)).attachments).toEqual([
      { attachmentId: kept.attachmentId, filename: 'note.txt', contentType: null, sizeOctets: 4 },
    ])
    expect((await list())[0]?.attachmentCount).toBe(1)
    // Who writes need not know of them.
    expect(await tell('drafts.save', { draftId, revision: 1, content: content({ subject: 'Later' }) })).toMatchObject({ revision: 2 })
  })

  it('has not more files than a message may have', async () => {
    const draftId = await save()
    for (let count = 0; count < MAX_ATTACHMENTS; count += 1) {
      await tell('drafts.attach', { draftId, ...file('') })
    }
    expect(await codeOf('drafts.attach', { draftId, ...file('') })).toBe('request.too_large')
    expect((await get(draftId)).attachments).toHaveLength(MAX_ATTACHMENTS)
  })

  it('that do not fit into one message are refused, and the others stay', async () => {
    const draftId = await save()
    await tell('drafts.attach', { draftId, ...file('x'.repeat(MAX_DRAFT_FILE_OCTETS - 1)) })
    expect(await codeOf('drafts.attach', { draftId, ...file('xx') })).toBe('request.too_large')
    expect((await get(draftId)).attachments).toHaveLength(1)
  })
})

describe('a draft that is sent', () => {
  it('takes its files along, and is none any more', async () => {
    const draftId = await save()
    await tell('drafts.attach', { draftId, ...file('mine') })
    expect((await send(draftId)).data).toMatchObject({ outcome: 'sent' })
    const source = api().delivery.takenFrom(sender.email).at(-1)?.source ?? Buffer.alloc(0)
    expect(extractAttachments(source)).toMatchObject([{ filename: 'note.txt', content: Buffer.from('mine') }])
    expect([await list(), await codeOf('drafts.get', { draftId })]).toEqual([[], 'draft.not_found'])
  })

  it('is sent once, whoever else sends it at the same time', async () => {
    const draftId = await save()
    const answers = await Promise.all(Array.from({ length: 5 }, async () => send(draftId, { undoSeconds: 10 })))
    const codes = answers.map(({ error }) => (error?.data['maildock'] as { code: string } | undefined)?.code ?? 'sent')
    expect(codes.toSorted()).toEqual([...Array.from({ length: 4 }, () => 'draft.sent'), 'sent'])
  })

  it('is a draft again, with its files, when it is cancelled', async () => {
    const draftId = await save()
    await tell('drafts.attach', { draftId, ...file('mine') })
    const { messageId } = (await send(draftId, { undoSeconds: 10 })).data as SendAnswer
    expect(await list()).toEqual([])
    await forgetSentDrafts(api().database.pool)
    await tell('submissions.cancel', { messageId })
    expect(await get(draftId)).toMatchObject({ content: content(), attachments: [{ filename: 'note.txt' }] })
    expect((await send(draftId)).error).toBeNull()
  })

  it('stays one when the message is refused, and when it is only checked', async () => {
    const draftId = await save()
    const { error } = await send(draftId, {
      message: { from: { email: 'nobody@example.org' }, to: [{ email: 'you@example.org' }], subject: 'x', text: 'x' },
    })
    expect(error).not.toBeNull()
    expect((await send(draftId, {}, { 'x-misarmail-sandbox': 'true' })).data).toMatchObject({ sandbox: true })
    expect((await list()).map((draft) => draft.draftId)).toEqual([draftId])
  })

  it.each(['revision', 'files_revision'])('that is changed in the same moment is not sent as it was before: %s', async (column) => {
    const draftId = await save()
    const { pool } = api().database
    await using holder = await pool.connect().then((client) => ({ client, [Symbol.asyncDispose]: async () => client.release() }))
    await holder.client.query('begin')
    await holder.client.query(`update draft set ${column} = ${column} + 1 where id = $1`, [draftId])
    const sending = send(draftId)
    await expect
      .poll(async () => (await pool.query(`select from pg_stat_activity where wait_event_type = 'Lock'`)).rowCount)
      .toBeGreaterThan(0)
    await holder.client.query('commit')
    expect((await sending).error?.data['maildock']).toMatchObject({ code: 'draft.changed_meanwhile' })
    expect(api().delivery.takenFrom(sender.email)).toEqual([])
  })

  it('whose message failed is one again, to be mended and sent', async () => {
    const draftId = await save()
    await send(draftId, { undoSeconds: 60 })
    await setStatus('failed')
    const { revision } = await get(draftId)
    await tell('drafts.save', { draftId, revision, content: content({ subject: 'Mended' }) })
    await send(draftId, { undoSeconds: 60 })
    expect(await codeOf('drafts.get', { draftId })).toBe('draft.not_found')
  })

  it.each([
    ['sent', 0],
    ['unknown', 0],
    ['failed', 1],
    ['deferred', 1],
    ['cancelled', 1],
  ])('is dropped for good once it is past being taken back: %s', async (status, kept) => {
    const draftId = await save()
    await send(draftId, { undoSeconds: 60 })
    await (status === 'deferred' ? Promise.resolve() : setStatus(status))
    await forgetSentDrafts(api().database.pool)
    expect((await api().database.pool.query('select from draft where id = $1', [draftId])).rowCount).toBe(kept)
  })
})
