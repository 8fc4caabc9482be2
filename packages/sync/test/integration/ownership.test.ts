import { silentLogger } from '@maildock/core'
import { acquireLease, releaseLease } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { HostGate } from '../../src/hosts/host-gate.ts'
import { composeLongMail } from '../fixture/compose-mail.ts'
import { deliverMany } from '../fixture/deliver-many.ts'
import { listInDatabase, listOnServer, listStoredHashes } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

/** A parser that does something in the middle of a pass, once, before it reads on. Headers and whole messages count alike. */
function parserThatFirst(act: () => Promise<void>, afterMessages: number): Parser {
  const parser = openParser({ threads: 1 })
  let read = 0
  const count = async (messages: number): Promise<void> => {
    const before = read
    read += messages
    if (before < afterMessages && read >= afterMessages) {
      await act()
    }
  }
  return {
    ...parser,
    parseSources: async (sources) => {
      await count(sources.length)
      return parser.parseSources(sources)
    },
    parseHeaders: async (headers) => {
      await count(headers.length)
      return parser.parseHeaders(headers)
    },
  }
}

/** A gate that does something before it admits anybody. */
class GateThatFirst extends HostGate {
  readonly #act: () => Promise<void>

  constructor(act: () => Promise<void>) {
    super({ logger: silentLogger })
    this.#act = act
  }

  override async admit(...request: Parameters<HostGate['admit']>): ReturnType<HostGate['admit']> {
    await this.#act()
    return super.admit(...request)
  }
}

async function countUnthreaded(account: StagedAccount): Promise<number> {
  const { rows } = await stage.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM message WHERE account_id = $1 AND thread_id IS NULL',
    [account.id],
  )
  return rows[0]?.count ?? -1
}

async function connectWithMail(count: number): Promise<StagedAccount> {
  const account = await stage.connect()
  await deliverMany(
    stage.dovecot,
    account.user,
    Array.from({ length: count }, (_value, number) => composeLongMail(number)),
  )
  return account
}

async function countPlacements(account: StagedAccount): Promise<number> {
  const { rows } = await stage.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM placement WHERE account_id = $1', [
    account.id,
  ])
  return rows[0]?.count ?? -1
}

/** A pass takes more than the second that is waited for otherwise, on a machine that is busy. */
const WAIT = { timeout: 10_000 }

/** The first batch is being written while the second one is read. */
async function untilFirstBatch(account: StagedAccount): Promise<void> {
  await vi.waitFor(async () => expect(await countPlacements(account)).toBe(50), WAIT)
}

async function jobsOf(account: StagedAccount): Promise<readonly unknown[]> {
  const { rows } = await stage.pool.query(`SELECT run_at > now() AS later FROM graphile_worker.jobs WHERE key = 'sync:' || $1`, [
    account.id,
  ])
  return rows
}

describe('an account that is disconnected in the middle of a pass', () => {
  it('has no row written after that, and the pass ends quietly', async () => {
    const account = await connectWithMail(120)
    let stored = -1
    await using parser = parserThatFirst(async () => {
      await untilFirstBatch(account)
      await stage.pool.query('DELETE FROM credential WHERE account_id = $1', [account.id])
      await stage.pool.query('UPDATE account SET disconnected_at = now(), revision = revision + 1 WHERE id = $1', [account.id])
      stored = await countPlacements(account)
    }, 70)
    await stage.sync(account, { parser })
    expect(await countPlacements(account)).toBe(stored)
    expect(stored).toBe(50)
    expect(await jobsOf(account)).toEqual([])
    const { rows } = await stage.pool.query('SELECT sync_error_code FROM account WHERE id = $1', [account.id])
    expect(rows).toEqual([{ sync_error_code: null }])
  })

  it.each([
    { turn: 'everything is listed', afterMessages: 70, listed: 50, headers: 20 },
    { turn: 'the sources come', afterMessages: 150, listed: 120, headers: 0 },
  ])('goes on from its cursor when it is revived: nothing is downloaded twice (cut while $turn)', async (cut) => {
    const account = await connectWithMail(120)
    const disconnect = async (): Promise<void> => {
      await vi.waitFor(async () => expect(await countPlacements(account)).toBe(cut.listed), { timeout: 10_000 })
      await stage.pool.query('UPDATE account SET disconnected_at = now(), revision = revision + 1 WHERE id = $1', [account.id])
    }
    await using parser = parserThatFirst(disconnect, cut.afterMessages)
    await stage.sync(account, { parser })
    expect(await countPlacements(account)).toBe(cut.listed)
    await stage.pool.query(`UPDATE account SET disconnected_at = NULL, sync_status = 'pending' WHERE id = $1`, [account.id])
    const downloaded = { sources: 0, headers: 0 }
    await using counted = openParser({ threads: 1 })
    const counting: Parser = {
      ...counted,
      parseSources: async (sources) => {
        downloaded.sources += sources.length
        return counted.parseSources(sources)
      },
      parseHeaders: async (headers) => {
        downloaded.headers += headers.length
        return counted.parseHeaders(headers)
      },
    }
    await stage.sync(account, { parser: counting })
    // A first screen comes whole each time a pass begins to list.
    expect(downloaded).toEqual({ sources: 70, headers: cut.headers })
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    expect(await listStoredHashes(stage.pool, account)).toHaveLength(120)
  })
})

describe('an account whose password is changed in the middle of a pass', () => {
  it('is left to the pass of the change', async () => {
    const account = await connectWithMail(120)
    let stored = -1
    await using parser = parserThatFirst(async () => {
      await untilFirstBatch(account)
      await stage.pool.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [account.id])
      stored = await countPlacements(account)
    }, 70)
    await stage.sync(account, { parser })
    expect(await countPlacements(account)).toBe(stored)
    await stage.sync(account, { reason: 'changed' })
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  })
})

describe('two workers at one account', () => {
  it('cannot meet: the lease is held for as long as the pass takes, and not longer', async () => {
    const account = await connectWithMail(60)
    const isHeld = async (): Promise<unknown> => {
      const { rows } = await stage.pool.query('SELECT expires_at > now() AS held FROM sync_lease WHERE account_id = $1', [account.id])
      return rows
    }
    let during: unknown
    await using parser = parserThatFirst(async () => {
      during = await isHeld()
    }, 55)
    await stage.sync(account, { parser })
    expect(during).toEqual([{ held: true }])
    await vi.waitFor(async () => expect(await isHeld()).toEqual([{ held: false }]), WAIT)
  })

  it('the second waits its turn: its wish is kept, nothing is done twice', async () => {
    const account = await connectWithMail(3)
    const lease = await acquireLease(stage.pool, { accountId: account.id, holder: 'somebody else', ttlMs: 60_000 })
    await stage.sync(account, { reason: 'manual' })
    expect(await countPlacements(account)).toBe(0)
    expect(await jobsOf(account)).toEqual([{ later: true }])
    await stage.sync(account, { reason: 'sweep' })
    expect(await jobsOf(account)).toEqual([{ later: true }])
    if (lease !== null) {
      await releaseLease(stage.pool, lease)
    }
    // A lease given back is free from the next millisecond on.
    await vi.waitFor(async () => {
      await stage.sync(account, { reason: 'manual' })
      expect(await countPlacements(account)).toBe(3)
    }, WAIT)
  })

  it('one that was paused past its lease writes nothing any more', async () => {
    const account = await connectWithMail(120)
    let stored = -1
    await using parser = parserThatFirst(async () => {
      await untilFirstBatch(account)
      // Another worker takes over while this one stands still: the token rises.
      await stage.pool.query(`UPDATE sync_lease SET expires_at = now() - interval '1 second' WHERE account_id = $1`, [account.id])
      await acquireLease(stage.pool, { accountId: account.id, holder: 'the next one', ttlMs: 60_000 })
      stored = await countPlacements(account)
    }, 70)
    await stage.sync(account, { parser })
    expect(await countPlacements(account)).toBe(stored)
    const { rows } = await stage.pool.query('SELECT holder, expires_at > now() AS held FROM sync_lease WHERE account_id = $1', [account.id])
    expect(rows).toEqual([{ holder: 'the next one', held: true }])
  })

  it('at once, many times: the end is that of one', async () => {
    const account = await connectWithMail(60)
    await Promise.all(Array.from({ length: 6 }, async () => stage.sync(account)))
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    const { rows } = await stage.pool.query('SELECT count(*)::int AS messages FROM message WHERE account_id = $1', [account.id])
    expect(rows).toEqual([{ messages: 60 }])
  })
})

describe('a slice', () => {
  it('that has no time left hands over after each batch, and the slices together do all of it', async () => {
    const account = await connectWithMail(130)
    await stage.sync(account, { sliceMs: 0 })
    expect(await countPlacements(account)).toBe(50)
    const { rows } = await stage.pool.query(`SELECT sync_status FROM account WHERE id = $1`, [account.id])
    expect(rows).toEqual([{ sync_status: 'syncing' }])
    for (let slice = 0; slice < 12; slice += 1) {
      await stage.sync(account, { reason: 'continue', sliceMs: 0 })
    }
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    const { rows: ended } = await stage.pool.query(`SELECT sync_status, last_new_messages FROM account WHERE id = $1`, [account.id])
    expect(ended).toEqual([{ sync_status: 'synced', last_new_messages: 130 }])
  })

  it('of a process that stops is handed on', async () => {
    const account = await connectWithMail(120)
    const stopping = new AbortController()
    await using parser = parserThatFirst(async () => stopping.abort(new Error('stop')), 70)
    await stage.sync(account, { parser, signal: stopping.signal })
    expect(await jobsOf(account)).toEqual([{ later: false }])
    await stage.sync(account, { reason: 'continue' })
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  })

  it('asks for a place at the host once nothing is left to do without it', async () => {
    const account = await connectWithMail(3)
    await stage.sync(account)
    // As before there were threads.
    await stage.pool.query('UPDATE message SET thread_id = NULL WHERE account_id = $1', [account.id])
    const unthreaded: number[] = []
    await stage.sync(account, { hosts: new GateThatFirst(async () => void unthreaded.push(await countUnthreaded(account))) })
    expect(unthreaded).toEqual([0])
  })

  it('of a process that stops before there is a place at the host is handed on as it was', async () => {
    const account = await connectWithMail(1)
    const stopping = new AbortController()
    const hosts = new GateThatFirst(async () => stopping.abort(new Error('stop')))
    await stage.sync(account, { hosts, signal: stopping.signal, reason: 'manual' })
    const { rows } = await stage.pool.query(`SELECT payload FROM graphile_worker._private_jobs AS jobs WHERE jobs.key = 'sync:' || $1`, [
      account.id,
    ])
    expect(rows).toEqual([{ payload: { accountId: account.id, reason: 'manual' } }])
  })

  it('brings the newest messages first', async () => {
    const account = await connectWithMail(130)
    await stage.sync(account, { sliceMs: 0 })
    const { rows } = await stage.pool.query('SELECT min(uid)::int AS low, max(uid)::int AS high FROM placement WHERE account_id = $1', [
      account.id,
    ])
    expect(rows).toEqual([{ low: 81, high: 130 }])
  })
})
