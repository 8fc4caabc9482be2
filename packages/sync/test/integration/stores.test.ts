import assert from 'node:assert/strict'
import { silentLogger, type Uuid } from '@maildock/core'
import { acquireLease, inTransaction, LeaseLostError, newId, openPool } from '@maildock/db'
import { openParser, type MessageAttributes, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateJobs } from '../../src/index.ts'
import { holdLease } from '../../src/hold-lease.ts'
import { SourceMemory } from '../../src/ingest/source-memory.ts'
import { writeBatch } from '../../src/ingest/write-batch.ts'
import { createProgressThrottle, type Pass } from '../../src/pass.ts'
import { findSyncableAccount, recordSyncEvent, type SyncableAccount } from '../../src/store/account-store.ts'
import { inPass, PassOutdatedError } from '../../src/store/in-pass.ts'
import { moveCursor, startEpoch } from '../../src/store/cursor-store.ts'
import { listStoredMailboxes } from '../../src/store/mailbox-store.ts'
import type { BatchItem } from '../../src/store/batch-item.ts'
import { findByEmailIds, storeBatch } from '../../src/store/message-store.ts'
import {
  listStoredUids,
  listUidsOutsideWindow,
  removeEndedEpochs,
  removePlacements,
  updateFlags,
  type MailboxKey,
} from '../../src/store/placement-store.ts'
import { lookForUnsourced } from '../../src/store/unsourced-store.ts'
import { recordConnected } from '../../src/sync-account.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { interceptStatements } from '../fixture/intercept-statements.ts'
import { insertAccount, insertMailbox as insertMailboxInto, item, toListed } from '../fixture/store-items.ts'

const database = useTestDatabase()
let pool: Pool
let parser: Parser
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'stores', maxConnections: 4, logger: silentLogger })
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await pool.end()
})

const insertMailbox = async (path?: string, accountId?: Uuid): Promise<MailboxKey> => insertMailboxInto(pool, path, accountId)

/** The same message, with the name of its header block. */
function named(one: BatchItem, headerSha256: Uint8Array): BatchItem {
  return 'stored' in one.message ? { ...one, message: { stored: { ...one.message.stored, headerSha256 } } } : one
}

/** Of the messages of an account, in the order in which they were stored. */
async function threadsOf({ accountId }: MailboxKey): Promise<readonly (Uuid | null)[]> {
  const { rows } = await pool.query<{ thread_id: Uuid | null }>('SELECT thread_id FROM message WHERE account_id = $1 ORDER BY id', [
    accountId,
  ])
  return rows.map(({ thread_id }) => thread_id)
}

/** The same message, whose source is not stored. */
function tooLarge(one: BatchItem): BatchItem {
  return 'stored' in one.message
    ? { ...one, message: { stored: { ...one.message.stored, bodyState: 'too_large', raw: null, content: null, terms: null } } }
    : one
}

async function store(key: MailboxKey, ...items: readonly BatchItem[]): Promise<{ placed: number; created: number }> {
  const { placed, created } = await inTransaction(pool, async (client) => storeBatch(client, key, items))
  return { placed, created }
}

async function placementsOf({ accountId }: MailboxKey): Promise<readonly { uid: string; message_id: Uuid }[]> {
  const { rows } = await pool.query<{ uid: string; message_id: Uuid }>(
    'SELECT uid, message_id FROM placement WHERE account_id = $1 ORDER BY mailbox_id, uid',
    [accountId],
  )
  return rows
}

describe('storeBatch', () => {
  it('is idempotent: the same batch again places and creates nothing', async () => {
    const key = await insertMailbox()
    const items = [item(1, composeMail(1)), item(2, composeMail(2))]
    expect(await store(key, ...items)).toEqual({ placed: 2, created: 2 })
    const before = await placementsOf(key)
    expect(await store(key, ...items)).toEqual({ placed: 0, created: 0 })
    expect(await placementsOf(key)).toEqual(before)
  })

  it('stores a source once, however often it is there', async () => {
    const key = await insertMailbox()
    expect(await store(key, item(1, composeMail(1)), item(2, composeMail(1)), item(3, composeMail(1)))).toEqual({ placed: 3, created: 1 })
    expect(new Set((await placementsOf(key)).map((row) => row.message_id)).size).toBe(1)
  })

  it('finds a message of another mailbox again, and takes it back from among the orphans', async () => {
    const inbox = await insertMailbox()
    const archive = await insertMailbox('Archive', inbox.accountId)
    await store(inbox, item(1, composeMail(1)))
    const [before] = await placementsOf(inbox)
    await inTransaction(pool, async (client) => removePlacements(client, inbox, [1]))
    const orphaned = async (): Promise<unknown> => {
      const { rows } = await pool.query('SELECT orphaned_at IS NOT NULL AS orphaned FROM message WHERE account_id = $1', [inbox.accountId])
      return rows
    }
    expect(await orphaned()).toEqual([{ orphaned: true }])
    expect(await store(archive, item(7, composeMail(1)))).toEqual({ placed: 1, created: 0 })
    expect(await orphaned()).toEqual([{ orphaned: false }])
    expect((await placementsOf(inbox)).map((row) => row.message_id)).toEqual([before?.message_id])
  })

  it('lists by the header, and attaches the source when it comes', async () => {
    const key = await insertMailbox()
    const whole = item(1, composeMail(1))
    const header = 'stored' in whole.message ? whole.message.stored.header : null
    expect(await store(key, { ...whole, message: { listed: { headerSha256: Buffer.alloc(32, 1), header } } })).toEqual({
      placed: 1,
      created: 1,
    })
    const read = async (): Promise<unknown> =>
      (
        await pool.query(
          'SELECT subject, (SELECT body_state FROM message_body WHERE message_id = id) AS state FROM message WHERE account_id = $1',
          [key.accountId],
        )
      ).rows
    expect(await read()).toEqual([{ subject: 'Message 1', state: null }])
    expect(await store(key, whole)).toEqual({ placed: 0, created: 0 })
    expect(await read()).toEqual([{ subject: 'Message 1', state: 'stored' }])
  })

  it('learns from the source what a header that could not be read says', async () => {
    const key = await insertMailbox()
    const whole = item(1, composeMail(1))
    await store(key, { ...whole, message: { listed: { headerSha256: Buffer.alloc(32, 1), header: null } } })
    await store(key, whole)
    const { rows } = await pool.query('SELECT subject, "from"->0->>\'address\' AS sender FROM message WHERE account_id = $1', [
      key.accountId,
    ])
    expect(rows).toEqual([{ subject: 'Message 1', sender: expect.stringContaining('@') as unknown }])
  })

  it('leaves a message listed where it was when its source tells a date that neither server nor header told', async () => {
    const key = await insertMailbox()
    const whole = item(1, composeMail(1), { internalDate: null })
    await store(key, { ...whole, message: { listed: { headerSha256: Buffer.alloc(32, 1), header: null } } })
    const read = async (): Promise<unknown> => {
      const { rows } = await pool.query(
        'SELECT message.internal_date, placement.internal_date AS placed FROM placement JOIN message ON message.id = message_id WHERE placement.account_id = $1',
        [key.accountId],
      )
      return rows
    }
    const before = await read()
    await store(key, whole)
    const { rows } = await pool.query('SELECT sent_at < internal_date AS told FROM message WHERE account_id = $1', [key.accountId])
    expect([await read(), rows]).toEqual([before, [{ told: true }]])
  })

  it('finds a message by the header that its source told, and knows whom it answers', async () => {
    const key = await insertMailbox()
    const asked = item(1, 'Message-ID: <a@example.org>\r\nSubject: A question\r\n\r\nWhat?')
    const headerSha256 = Buffer.alloc(32, 7)
    const answer = named(item(2, 'Message-ID: <b@example.org>\r\nIn-Reply-To: <a@example.org>\r\n\r\nThat.'), headerSha256)
    await store(key, asked, { ...answer, message: { listed: { headerSha256, header: null } } })
    const unread = await threadsOf(key)
    expect(new Set(unread).size).toBe(2)
    await store(key, answer)
    const [thread] = unread
    expect(await threadsOf(key)).toEqual([thread, thread])
    // Whoever still knows the thread it was alone in finds it.
    const { rows } = await pool.query('SELECT id, merged_into FROM thread WHERE account_id = $1 AND merged_into IS NOT NULL', [
      key.accountId,
    ])
    expect(rows).toEqual([{ id: unread[1], merged_into: thread }])
    // Moved, it is listed by its header under the id it has.
    const copy = { attributes: { ...answer.attributes, uid: 9 }, message: { listed: { headerSha256, header: null } } }
    expect(await store(key, copy)).toEqual({ placed: 1, created: 0 })
    expect(await store(key, answer)).toEqual({ placed: 0, created: 0 })
  })

  it('answers a subject with a message that tells it late', async () => {
    const key = await insertMailbox()
    const late = item(1, 'Subject: Hello\r\nFrom: ada@example.org\r\n\r\nwithout a Message-ID')
    await store(key, { ...late, message: { listed: { headerSha256: Buffer.alloc(32, 1), header: null } } })
    await store(key, late)
    const reply = 'Message-ID: <r@example.org>\r\nSubject: Re: Hello\r\nTo: ada@example.org\r\n\r\nHello!'
    await store(key, item(2, reply, { internalDate: new Date('2026-01-16T10:00:00Z') }))
    expect(new Set(await threadsOf(key)).size).toBe(1)
  })

  it('finds a message by its header, however many others of the batch are to be found by another one', async () => {
    const inbox = await insertMailbox()
    const archive = await insertMailbox('Archive', inbox.accountId)
    const [common, rare] = [item(1, composeMail(1)), item(2, composeMail(2))]
    // Older than all that follows.
    await pool.query(
      `INSERT INTO message (account_id, id, header_sha256, subject, "from", "to", cc, bcc, reply_to, "references", internal_date, size_octets)
       SELECT $1, ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, $2, 'common', '[]', '[]', '[]', '[]', '[]', '{}', now(), $3
       FROM generate_series(1, 10000) AS number`,
      [inbox.accountId, Buffer.alloc(32, 1), common.attributes.sizeOctets],
    )
    expect(await store(inbox, toListed(rare))).toEqual({ placed: 1, created: 1 })
    expect(await store(archive, toListed(common), toListed(rare))).toEqual({ placed: 2, created: 0 })
  })

  it('asks for the sources that are still to come, and for none that is stored or given up', async () => {
    const key = await insertMailbox()
    const whole = [1, 2, 3, 4].map((uid) => item(uid, composeMail(uid)))
    await store(key, ...whole.map((one) => toListed(one)))
    const unsourced = async (): Promise<readonly number[]> =>
      (await lookForUnsourced(pool, key, { belowUid: 100, limit: 10 })).unsourced.map(({ attributes }) => attributes.uid)
    expect(await unsourced()).toEqual([4, 3, 2, 1])
    await store(key, ...whole.slice(0, 1), ...whole.slice(1, 2).map(tooLarge))
    expect(await unsourced()).toEqual([4, 3])
    // Taken for a copy of the first by its header: only its source tells.
    await store(key, ...whole.slice(0, 1).map((one) => toListed(one, 9)))
    expect(await unsourced()).toEqual([9, 4, 3, 1])
  })

  it('keeps accounts apart: the same source twice is two messages', async () => {
    const [one, other] = [await insertMailbox(), await insertMailbox()]
    await store(one, item(1, composeMail(1)))
    expect(await store(other, item(1, composeMail(1)))).toEqual({ placed: 1, created: 1 })
  })

  it('takes the date of the header where the server gives none', async () => {
    const key = await insertMailbox()
    await store(key, item(1, composeMail(1), { internalDate: null }))
    const { rows } = await pool.query(
      'SELECT message.internal_date = message.sent_at AS same, placement.internal_date = message.internal_date AS placed FROM placement JOIN message ON message.id = message_id WHERE placement.account_id = $1',
      [key.accountId],
    )
    expect(rows).toEqual([{ same: true, placed: true }])
  })

  it('links what the server names by a known identifier, if the size agrees', async () => {
    const key = await insertMailbox()
    const known = item(1, composeMail(1), { emailId: 'M1' })
    await store(key, known)
    const { attributes } = known
    const find = async (change: Partial<MessageAttributes>): Promise<number> =>
      (await findByEmailIds(pool, key.accountId, [{ ...attributes, ...change }])).size
    expect(await find({})).toBe(1)
    expect(await find({ sizeOctets: 1 })).toBe(0)
    expect(await find({ emailId: 'M2' })).toBe(0)
    expect(await find({ emailId: null })).toBe(0)
    const [knownId] = (await findByEmailIds(pool, key.accountId, [attributes])).values()
    expect(await store(key, { attributes: { ...attributes, uid: 2 }, message: { knownId: knownId ?? '' } })).toEqual({
      placed: 1,
      created: 0,
    })
  })
})

describe('an epoch that ends', () => {
  it('keeps its placements below zero, each until its message is found again', async () => {
    const key = await insertMailbox()
    await store(key, item(5, composeMail(1)), item(9, composeMail(2)))
    const before = await placementsOf(key)
    await inTransaction(pool, async (client) => startEpoch(client, key, { uidValidity: 2n }))
    expect((await placementsOf(key)).map((row) => row.uid)).toEqual(['-2', '-1'])
    expect(new Set((await placementsOf(key)).map((row) => row.message_id))).toEqual(new Set(before.map((row) => row.message_id)))
    await store(key, item(1, composeMail(2)))
    expect((await placementsOf(key)).map((row) => row.uid)).toEqual(['-1', '1'])
    expect(await listStoredUids(pool, key)).toEqual([1])
    await inTransaction(pool, async (client) => removeEndedEpochs(client, key))
    expect((await placementsOf(key)).map((row) => row.uid)).toEqual(['1'])
  })

  it('may end again before all were found: nothing collides', async () => {
    const key = await insertMailbox()
    await store(key, item(1, composeMail(1)), item(2, composeMail(2)))
    for (const uidValidity of [2n, 3n, 4n]) {
      await inTransaction(pool, async (client) => startEpoch(client, key, { uidValidity }))
      await store(key, item(1, composeMail(3)))
    }
    const subjects = new Set((await placementsOf(key)).map((row) => row.message_id))
    expect(subjects.size).toBe(3)
  })

  it('takes the window and the count with it', async () => {
    const key = await insertMailbox()
    await moveCursor(pool, key, {
      uidValidity: 1n,
      lowUid: 1,
      highUid: 9,
      uidNext: 10,
      highestModseq: 5n,
      messagesAdded: 3,
    })
    await moveCursor(pool, key, { messagesOutside: 4, outsideBefore: new Date('2026-01-15') })
    await startEpoch(pool, key, { uidValidity: 2n, highestModseq: 7n })
    const [mailbox] = await listStoredMailboxes(pool, key.accountId)
    expect(mailbox?.outsideBefore).toBeNull()
    expect(mailbox?.cursor).toEqual({
      uidValidity: 2n,
      sourceLowUid: null,
      lowUid: null,
      highUid: null,
      uidNext: null,
      highestModseq: 7n,
      messagesDone: 0,
      messagesWithheld: 0,
      messagesOutside: 0,
    })
  })
})

describe('cursors and UIDs', () => {
  it('hold 63 bits and 32 bits', async () => {
    const key = await insertMailbox()
    await moveCursor(pool, key, { highestModseq: 9_223_372_036_854_775_807n, highUid: 4_294_967_295 })
    const [mailbox] = await listStoredMailboxes(pool, key.accountId)
    expect(mailbox?.cursor).toMatchObject({ highestModseq: 9_223_372_036_854_775_807n, highUid: 4_294_967_295 })
  })

  it('of a change that names nothing stay as they are', async () => {
    const key = await insertMailbox()
    await moveCursor(pool, key, { lowUid: 3, highUid: 9 })
    await moveCursor(pool, key, {})
    await moveCursor(pool, key, { messagesAdded: -5 })
    const [mailbox] = await listStoredMailboxes(pool, key.accountId)
    expect(mailbox?.cursor).toMatchObject({ lowUid: 3, highUid: 9, messagesDone: 0 })
  })

  it('tell what lies outside of a window', async () => {
    const key = await insertMailbox()
    await store(key, ...[1, 2, 3, 4, 5].map((number) => item(number, composeMail(number))))
    expect(await listUidsOutsideWindow(pool, key, { lowUid: 2, highUid: 4 })).toEqual(new Set([1, 5]))
    expect(await listUidsOutsideWindow(pool, key, { lowUid: null, highUid: null })).toEqual(new Set([1, 2, 3, 4, 5]))
    expect(await listStoredUids(pool, key, { afterUid: 2, limit: 2 })).toEqual([3, 4])
  })
})

const flags = (
  uid: number,
  ...names: readonly string[]
): { uid: number; flags: readonly string[]; keywords: readonly string[]; modseq: bigint | null } => ({
  uid,
  flags: names,
  keywords: [],
  modseq: 9n,
})

describe('updateFlags', () => {
  it('changes what differs, and tells how much that was', async () => {
    const key = await insertMailbox()
    await store(key, item(1, composeMail(1)), item(2, composeMail(2), { flags: ['\\Seen'] }))
    expect(await updateFlags(pool, key, [flags(1, '\\Seen'), flags(2, '\\Seen'), flags(99, '\\Seen')])).toBe(1)
    expect(await updateFlags(pool, key, [flags(1, '\\Seen'), flags(2, '\\Seen')])).toBe(0)
  })

  it('stores words as they are, whatever is in them', async () => {
    const key = await insertMailbox()
    await store(key, item(1, composeMail(1)))
    const odd = ['"quoted"', '{braces}', 'a,b', 'Größe', 'null']
    await updateFlags(pool, key, [{ uid: 1, flags: [], keywords: odd, modseq: null }])
    const { rows } = await pool.query<{ keywords: string[] }>('SELECT keywords FROM placement WHERE account_id = $1', [key.accountId])
    expect(rows[0]?.keywords).toEqual(odd)
  })
})

const passOf = async (accountId: Uuid): Promise<Pass> => {
  const lease = await acquireLease(pool, { accountId, holder: newId(), ttlMs: 60_000 })
  if (lease === null) {
    throw new Error('The lease must be free.')
  }
  return {
    accountId,
    userId: newId(),
    revision: 1,
    lease,
    pool,
    parser,
    memory: new SourceMemory(),
    logger: silentLogger,
    signal: new AbortController().signal,
    isTimeUp: () => false,
    progress: createProgressThrottle(),
    recordsVisits: true,
  }
}

/** Disconnects that stand before a lock at this moment. */
async function countWaiting(): Promise<number> {
  const { rows } = await pool.query(
    `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database() AND query LIKE 'UPDATE account SET disconnected_at%'`,
  )
  return rows.length
}

describe('recordConnected', () => {
  it('takes back a rejected login that was accepted, whatever comes of the pass; of an account that is well it says nothing', async () => {
    const { accountId } = await insertMailbox()
    const pass = await passOf(accountId)
    const find = async (): Promise<SyncableAccount> => {
      const account = await findSyncableAccount(pool, accountId)
      assert(account !== null)
      return account
    }
    await pool.query(
      `UPDATE account SET sync_status = 'error', sync_error_code = 'imap.authentication_failed', sync_error_message = 'wrong',
         sync_error_since = now(), sync_failures = 2 WHERE id = $1`,
      [accountId],
    )
    await recordConnected(pass, await find())
    const accepted = await find()
    expect(accepted.state).toMatchObject({ status: 'syncing', errorCode: null, failures: 0 })
    const statements: string[] = []
    using _ = interceptStatements('stores', ({ text }) => {
      statements.push(text)
      return 'go'
    })
    await recordConnected(pass, accepted)
    expect(statements).toEqual([])
  })
})

describe('writeBatch', () => {
  it('waits for the disk, but for sources of messages that are listed', async () => {
    const { accountId, mailboxId } = await insertMailbox()
    const pass = await passOf(accountId)
    const statements: string[] = []
    using _ = interceptStatements('stores', ({ text }) => {
      statements.push(text)
      return 'go'
    })
    const waits = async (...items: readonly BatchItem[]): Promise<boolean> => {
      statements.length = 0
      await writeBatch(pass, { mailboxId, isSent: false, items, cursor: {} })
      return !statements.some((text) => text.includes('synchronous_commit'))
    }
    const [one, other] = [item(1, composeMail(1)), item(2, composeMail(2))]
    expect(await waits(toListed(one), toListed(other))).toBe(true)
    expect(await waits(one, other)).toBe(false)
    expect(await waits(item(3, composeMail(3)))).toBe(true)
    // Found to be another message than it was listed as: it moves.
    await waits(toListed(item(4, composeMail(4))))
    expect(await waits(item(4, composeMail(1)))).toBe(true)
    expect(await waits()).toBe(true)
  })
})

describe('inPass', () => {
  it.each<[string, string, new (...args: never[]) => Error]>([
    ['taken over', 'UPDATE sync_lease SET token = token + 1 WHERE account_id = $1', LeaseLostError],
    ['disconnected', 'UPDATE account SET disconnected_at = now() WHERE id = $1', LeaseLostError],
    ['changed', 'UPDATE account SET revision = revision + 1 WHERE id = $1', PassOutdatedError],
  ])('writes nothing once the account is %s', async (_what, change, error) => {
    const pass = await passOf(await insertAccount(pool))
    await pool.query(change, [pass.accountId])
    await expect(
      inPass(pass, async (client) => client.query(`UPDATE account SET name = 'written' WHERE id = $1`, [pass.accountId])),
    ).rejects.toBeInstanceOf(error)
    const { rows } = await pool.query('SELECT name FROM account WHERE id = $1', [pass.accountId])
    expect(rows).toEqual([{ name: null }])
  })

  it('keeps a disconnect waiting until the write is done', async () => {
    const pass = await passOf(await insertAccount(pool))
    const order: string[] = []
    const written = inPass(pass, async () => {
      const disconnect = pool
        .query('UPDATE account SET disconnected_at = now() WHERE id = $1', [pass.accountId])
        .then(() => order.push('disconnected'))
      await expect.poll(countWaiting).toBe(1)
      order.push('written')
      return { disconnect }
    })
    await (
      await written
    ).disconnect
    expect(order).toEqual(['written', 'disconnected'])
  })

  it('does not begin when the pass is to stop', async () => {
    const pass = { ...(await passOf(await insertAccount(pool))), signal: AbortSignal.abort(new Error('stop')) }
    await expect(inPass(pass, async () => undefined)).rejects.toThrow('stop')
  })
})

describe('an account', () => {
  it('is not there for a pass when it is disconnected or does not exist', async () => {
    const accountId = await insertAccount(pool)
    expect(await findSyncableAccount(pool, accountId)).toMatchObject({ revision: 1, username: 'user', sealedPassword: null })
    await pool.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [accountId])
    expect(await findSyncableAccount(pool, accountId)).toBeNull()
    expect(await findSyncableAccount(pool, newId())).toBeNull()
  })

  it('is not written when an event changes nothing', async () => {
    const accountId = await insertAccount(pool)
    await recordSyncEvent(pool, accountId, { type: 'finished' })
    const read = async (): Promise<unknown> => (await pool.query('SELECT xmin, updated_at FROM account WHERE id = $1', [accountId])).rows
    const before = await read()
    await recordSyncEvent(pool, accountId, { type: 'finished' })
    expect(await read()).toEqual(before)
  })
})

describe('holdLease', () => {
  it('gives the lease back, and only its own', async () => {
    const accountId = await insertAccount(pool)
    const lease = await acquireLease(pool, { accountId, holder: 'one', ttlMs: 60_000 })
    if (lease === null) {
      throw new Error('The lease must be free.')
    }
    const stale = holdLease(pool, { ...lease, token: lease.token - 1n }, silentLogger)
    await stale[Symbol.asyncDispose]()
    expect(await acquireLease(pool, { accountId, holder: 'two', ttlMs: 60_000 })).toBeNull()
    await holdLease(pool, lease, silentLogger)[Symbol.asyncDispose]()
    await expect.poll(async () => (await acquireLease(pool, { accountId, holder: 'two', ttlMs: 60_000 }))?.token).toBe(lease.token + 1n)
  })
})

it('migrateJobs may run again, and at the same time', async () => {
  const options = { connectionString: database.connectionString }
  await expect(Promise.all([migrateJobs(options), migrateJobs(options)])).resolves.toEqual([undefined, undefined])
})
