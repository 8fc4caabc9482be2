import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { abandonCopies } from '@maildock/outbox'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forEachPoint } from '../fixture/for-each-point.ts'
import { countKept, insertSent, makeCopiesDue, readSent, type SentBy } from '../fixture/insert-sent.ts'
import { interceptStatements } from '../fixture/intercept-statements.ts'
import { MemoryAccount } from '../fixture/memory-account.ts'
import { MemoryServer, type Misbehaviour } from '../fixture/memory-server.ts'

const database = useTestDatabase()
const APPLICATION = 'sent-copies'
let pool: Pool
let aside: Pool
let parser: Parser
const open = (applicationName: string): Pool =>
  openPool({ connectionString: database.connectionString, applicationName, maxConnections: 4, logger: silentLogger })
beforeAll(() => {
  pool = open(APPLICATION)
  aside = open('aside')
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await pool.end()
  await aside.end()
})

interface Desk {
  readonly server: MemoryServer
  readonly account: MemoryAccount
  readonly sent: SentBy
  /** A pass, whatever it ends with; what was put off is due then. */
  pass(): Promise<void>
  /** Passes without faults, as days go by, until nothing is owed. */
  settle(): Promise<void>
  status(): Promise<string>
  countCopies(): number
}

async function openDesk(): Promise<Desk> {
  const server = new MemoryServer(true)
  server.create('Sent')
  const account = new MemoryAccount({ pool, parser })
  const userId = await account.connect()
  const sent = await insertSent(aside, { accountId: account.id, userId })
  const status = async (): Promise<string> => (await readSent(aside, sent)).sentCopy.status
  const pass = async (): Promise<void> => {
    await account.pass(server.openSession())
    await makeCopiesDue(aside, account.id)
  }
  return {
    server,
    account,
    sent,
    pass,
    settle: async () => {
      server.misbehave = () => null
      for (let count = 0; count < 10 && (await status()) === 'owed'; count += 1) {
        await pass()
      }
      // A mailbox that was refused is left alone for a while.
      await account.letADayPass()
      await account.pass(server.openSession())
    },
    status,
    countCopies: () =>
      [...server.mailboxes.values()].flatMap(({ messages }) =>
        [...messages.values()].filter(({ source }) => source.includes(sent.messageIdHeader)),
      ).length,
  }
}

/** Misbehaves once, at the command with this number. */
function misbehaveAt(point: number, how: ReturnType<Misbehaviour>): { readonly misbehave: Misbehaviour; readonly reached: () => boolean } {
  let count = 0
  return {
    misbehave: () => {
      count += 1
      return count === point ? how : null
    },
    reached: () => count >= point,
  }
}

describe('a copy is there once, and its submission knows it', () => {
  it.each(['cut', 'lose', 'refuse'] as const)('whichever command of the pass is answered so: %s', async (how) => {
    const points = await forEachPoint(async (point) => {
      const desk = await openDesk()
      const fault = misbehaveAt(point, how)
      desk.server.misbehave = fault.misbehave
      await desk.pass()
      await desk.settle()
      const { sentCopy } = await readSent(aside, desk.sent)
      expect([point, desk.countCopies(), sentCopy]).toEqual([
        point,
        1,
        { status: expect.stringMatching(/^(?:filed|found)$/u), code: null, response: null, messageId: expect.any(String) },
      ])
      expect(await countKept(aside, desk.account.id)).toBe(0)
      return fault.reached()
    }, 1)
    expect(points).toBeGreaterThan(5)
  })

  it.each(['before', 'after'] as const)('whichever statement of the pass the connection to the database is lost at: %s', async (when) => {
    const points = await forEachPoint(async (point) => {
      const desk = await openDesk()
      let count = 0
      {
        using _ = interceptStatements(APPLICATION, (moment) => {
          count += moment.when === when ? 1 : 0
          return moment.when === when && count === point ? 'lose' : 'go'
        })
        // It ends with an error of the database, or of the transaction it was in.
        await desk.pass().catch(() => undefined)
      }
      await makeCopiesDue(aside, desk.account.id)
      await desk.settle()
      expect([point, desk.countCopies(), (await readSent(aside, desk.sent)).sentCopy]).toEqual([
        point,
        1,
        { status: expect.stringMatching(/^(?:filed|found)$/u), code: null, response: null, messageId: expect.any(String) },
      ])
      return count >= point
    }, 1)
    expect(points).toBeGreaterThan(10)
  })
})

describe('a server that refuses the copy', () => {
  it('does not keep the account from its mail, is asked again later, and in the end no more', async () => {
    const desk = await openDesk()
    desk.server.deliver('INBOX', Buffer.from('Subject: news\r\n\r\nnews\r\n'))
    desk.server.misbehave = (command) => (command === 'APPEND' ? 'refuse' : null)
    const seen: string[] = []
    for (let count = 0; count < 8; count += 1) {
      expect(await desk.account.pass(desk.server.openSession())).toBeNull()
      seen.push(await desk.status())
      // Not due yet: nothing is tried.
      expect(await desk.account.pass(desk.server.openSession())).toBeNull()
      await makeCopiesDue(aside, desk.account.id)
    }
    expect([...(await desk.account.ids()).keys()]).toEqual(['news'])
    expect(seen).toEqual([...Array.from({ length: 7 }, () => 'owed'), 'failed'])
    expect((await readSent(aside, desk.sent)).sentCopy).toEqual({
      status: 'failed',
      code: 'upstream.unavailable',
      response: null,
      messageId: null,
    })
    expect(await countKept(aside, desk.account.id)).toBe(0)
  })

  it.each(['cut', 'lose'] as const)(
    'by ending the connection (%s) is left alone for a while: mail is read meanwhile, and in the end it is given up',
    async (how) => {
      const desk = await openDesk()
      for (let count = 0; count < 3; count += 1) {
        await insertSent(aside, { accountId: desk.account.id, userId: desk.sent.userId })
      }
      desk.server.deliver('INBOX', Buffer.from('Subject: news\r\n\r\nnews\r\n'))
      desk.server.misbehave = (command) => (command === 'APPEND' ? how : command === 'SEARCH HEADER' ? 'short' : null)
      await desk.account.pass(desk.server.openSession())
      // The other copies wait with the one that was tried.
      expect(await desk.account.pass(desk.server.openSession())).toBeNull()
      expect([...(await desk.account.ids()).keys()]).toContain('news')
      for (let count = 0; count < 40; count += 1) {
        await desk.pass()
      }
      const { rows } = await aside.query<{ copy: string }>('SELECT DISTINCT sent_copy AS copy FROM submission WHERE account_id = $1', [
        desk.account.id,
      ])
      expect(rows.map(({ copy }) => copy)).not.toContain('owed')
      expect(await countKept(aside, desk.account.id)).toBe(0)
    },
  )

  it('many times, and ends the connection each time, is not asked for ever', async () => {
    const desk = await openDesk()
    desk.server.misbehave = (command) => (command === 'APPEND' ? 'cut' : null)
    const seen: string[] = []
    for (let count = 0; count < 25; count += 1) {
      await desk.pass()
      seen.push(await desk.status())
    }
    expect(seen.filter((status) => status === 'owed')).toHaveLength(8)
    expect(await countKept(aside, desk.account.id)).toBe(0)
    expect((await readSent(aside, desk.sent)).sentCopy).toMatchObject({ status: 'failed', code: 'upstream.unavailable' })
  })

  it('and lets itself not be searched gets it at the first attempt', async () => {
    const desk = await openDesk()
    desk.server.misbehave = (command) => (command === 'SEARCH HEADER' ? 'short' : null)
    await desk.pass()
    expect([await desk.status(), desk.countCopies()]).toEqual(['filed', 1])
  })

  it('and lets itself not be searched gets it again after a refusal: nothing is there', async () => {
    const desk = await openDesk()
    desk.server.misbehave = (command) => (command === 'SEARCH HEADER' ? 'short' : command === 'APPEND' ? 'refuse' : null)
    await desk.pass()
    desk.server.misbehave = (command) => (command === 'SEARCH HEADER' ? 'short' : null)
    await desk.pass()
    expect([await desk.status(), desk.countCopies()]).toEqual(['filed', 1])
  })

  it('and lets itself not be searched does not get it again after an answer that was lost: once too few is better than twice', async () => {
    const desk = await openDesk()
    desk.server.misbehave = (command) => (command === 'SEARCH HEADER' ? 'short' : command === 'APPEND' ? 'cut' : null)
    await desk.pass()
    desk.server.misbehave = (command) => (command === 'SEARCH HEADER' ? 'short' : null)
    await desk.pass()
    expect([await desk.status(), desk.countCopies()]).toEqual(['failed', 0])
  })
})

it('a refusal between says nothing about the answer that was lost before it', async () => {
  const desk = await openDesk()
  desk.server.misbehave = (command) => (command === 'APPEND' ? 'lose' : command === 'SEARCH HEADER' ? 'short' : null)
  await desk.account.pass(desk.server.openSession())
  // The copy is there, and has not been seen: the mailbox cannot be opened, and then not be searched.
  await makeCopiesDue(aside, desk.account.id)
  desk.server.misbehave = (command) => (command === 'EXAMINE' ? 'refuse' : null)
  await desk.pass()
  const copies: number[] = []
  desk.server.misbehave = (command) => {
    copies.push(desk.countCopies())
    return command === 'SEARCH HEADER' ? 'short' : null
  }
  await desk.pass()
  expect([desk.countCopies(), Math.max(...copies)]).toEqual([1, 1])
})

describe('nothing is filed', () => {
  it('where the provider keeps copies himself', async () => {
    const desk = await openDesk()
    desk.server.capabilities = new Set(['X-GM-EXT-1'])
    await aside.query(`UPDATE account SET smtp_host = 'smtp.gmail.com' WHERE id = $1`, [desk.account.id])
    await desk.pass()
    expect([await desk.status(), desk.countCopies(), await countKept(aside, desk.account.id)]).toEqual(['provider', 0, 0])
    desk.server.deliver('Sent', desk.sent.source)
    await desk.pass()
    expect((await readSent(aside, desk.sent)).sentCopy).toMatchObject({ status: 'provider', messageId: expect.any(String) })
  })

  it('while the list of mailboxes is not whole: the mailbox may be among those that are missing', async () => {
    const desk = await openDesk()
    desk.server.misbehave = (command) => (command === 'LIST' ? 'short' : null)
    await desk.account.pass(desk.server.openSession())
    expect([await desk.status(), desk.countCopies()]).toEqual(['owed', 0])
    // And no pass follows at once for nothing.
    const { rows } = await aside.query('SELECT FROM submission WHERE account_id = $1 AND sent_copy_due_at <= clock_timestamp()', [
      desk.account.id,
    ])
    expect(rows).toEqual([])
  })

  it.each([
    ['is disconnected', 'UPDATE account SET disconnected_at = now() WHERE id = $1'],
    ['nobody could sign in to for a month', `UPDATE submission SET sent_copy_due_at = now() - interval '31 days' WHERE account_id = $1`],
  ])('of an account that %s: what the message held is erased', async (_what, statement) => {
    const desk = await openDesk()
    await abandonCopies(aside)
    expect(await desk.status()).toBe('owed')
    await aside.query(statement, [desk.account.id])
    await abandonCopies(aside)
    expect([await desk.status(), await countKept(aside, desk.account.id)]).toEqual(['failed', 0])
  })
})
