import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeMail } from '../fixture/compose-mail.ts'
import { MemoryAccount } from '../fixture/memory-account.ts'
import { MemoryServer } from '../fixture/memory-server.ts'

const database = useTestDatabase()
let pool: Pool
let parser: Parser
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'trouble', maxConnections: 4, logger: silentLogger })
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await pool.end()
})

interface Stand {
  readonly server: MemoryServer
  readonly account: MemoryAccount
  /** Commands of the last pass. */
  readonly commands: string[]
  pass(): ReturnType<MemoryAccount['pass']>
}

async function open(paths: readonly string[] = []): Promise<Stand> {
  const server = new MemoryServer(true)
  for (const path of paths) {
    server.create(path)
  }
  const account = new MemoryAccount({ pool, parser })
  await account.connect()
  const commands: string[] = []
  server.misbehave = (command) => {
    commands.push(command)
    return null
  }
  const pass = async (): ReturnType<MemoryAccount['pass']> => {
    commands.length = 0
    return account.pass(server.openSession())
  }
  return { server, account, commands, pass }
}

const mail = (number: number): Buffer => Buffer.from(composeMail(number))

interface TroubleRow {
  readonly error_code: string | null
  readonly failures: number
  readonly hours: number | null
}

async function troubleOf({ account }: Stand, path: string): Promise<TroubleRow | undefined> {
  const { rows } = await pool.query<TroubleRow>(
    `SELECT error_code, failures, round(extract(epoch FROM next_attempt_at - now()) / 3600)::int AS hours
     FROM mailbox WHERE account_id = $1 AND path = $2`,
    [account.id, path],
  )
  return rows[0]
}

describe('a UIDVALIDITY that changes each time the mailbox is opened (faults A2)', () => {
  it('parks the mailbox at the third change of a day, and the account goes on', async () => {
    const stand = await open(['Flaps'])
    stand.server.deliver('Flaps', mail(1))
    stand.server.deliver('INBOX', mail(2))
    stand.server.flapping.add('Flaps')
    for (let count = 0; count < 4; count += 1) {
      expect(await stand.pass()).toBeNull()
    }
    expect(await troubleOf(stand, 'Flaps')).toEqual({ error_code: 'sync.uidvalidity_unstable', failures: 1, hours: 24 })
    const before = await stand.account.list()
    stand.server.deliver('INBOX', mail(3))
    expect(await stand.pass()).toBeNull()
    expect(stand.commands.filter((command) => command === 'EXAMINE')).toHaveLength(1)
    expect(await stand.account.list()).toHaveLength(before.length + 1)
    expect([...stand.server.downloads.values()]).toEqual(expect.arrayContaining([3]))
  })

  it('is tried again a day later, and forgotten when it holds', async () => {
    const stand = await open(['Flaps'])
    stand.server.deliver('Flaps', mail(1))
    stand.server.flapping.add('Flaps')
    for (let count = 0; count < 4; count += 1) {
      await stand.pass()
    }
    stand.server.flapping.clear()
    await stand.account.letADayPass()
    expect(await stand.pass()).toBeNull()
    expect(await troubleOf(stand, 'Flaps')).toEqual({ error_code: null, failures: 0, hours: null })
    expect(await stand.account.list()).toHaveLength(1)
  })

  it('is a fault of the account when it is INBOX, and the other mailboxes go on', async () => {
    const stand = await open(['Other'])
    stand.server.deliver('INBOX', mail(1))
    stand.server.flapping.add('INBOX')
    for (let count = 0; count < 3; count += 1) {
      expect(await stand.pass()).toBeNull()
    }
    expect(await stand.pass()).toMatchObject({ code: 'sync.uidvalidity_unstable' })
    stand.server.deliver('Other', mail(2))
    expect(await stand.pass()).toMatchObject({ code: 'sync.uidvalidity_unstable' })
    expect(stand.commands.filter((command) => command === 'EXAMINE')).toHaveLength(1)
    expect((await stand.account.list()).some((placed) => placed.startsWith('Other '))).toBe(true)
  })
})

describe('a message whose answer breaks the connection', () => {
  it('is stored without its source after the second time it did so, and nothing else is lost or stopped', async () => {
    const stand = await open()
    for (let number = 1; number <= 5; number += 1) {
      stand.server.deliver('INBOX', mail(number))
    }
    stand.server.breaks = (source) => source.equals(mail(3))
    expect(await stand.pass()).toMatchObject({ class: 'protocol' })
    expect(await stand.pass()).toMatchObject({ class: 'protocol' })
    expect(await stand.pass()).toBeNull()
    expect(await stand.account.list()).toHaveLength(5)
    const { rows } = await pool.query(
      `SELECT body_state, subject <> '' AS has_header FROM message JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id
       WHERE message.account_id = $1 AND body_state <> 'stored'`,
      [stand.account.id],
    )
    expect(rows).toEqual([{ body_state: 'too_large', has_header: true }])
    expect((await pool.query('SELECT uid FROM withheld WHERE account_id = $1', [stand.account.id])).rows).toEqual([])
    expect(await stand.pass()).toBeNull()
    expect(stand.commands).not.toContain('EXAMINE')
  })
})

describe('a message the server refuses', () => {
  it('is asked for again at once, then later, and costs the passes in between nothing', async () => {
    const stand = await open()
    stand.server.deliver('INBOX', mail(1))
    const refuse = (command: string): 'refuse' | null => {
      stand.commands.push(command)
      return command === 'FETCH SOURCES' ? 'refuse' : null
    }
    stand.server.misbehave = refuse
    await stand.pass()
    await stand.pass()
    const { rows } = await pool.query(
      `SELECT reason, failures, round(extract(epoch FROM next_attempt_at - now()) / 3600)::int AS hours FROM withheld WHERE account_id = $1`,
      [stand.account.id],
    )
    expect(rows).toEqual([{ reason: 'refused', failures: 2, hours: 6 }])
    await stand.pass()
    expect(stand.commands).not.toContain('EXAMINE')
    stand.server.misbehave = () => null
    await stand.account.letADayPass()
    await stand.pass()
    expect(await stand.account.list()).toHaveLength(1)
  })
})

describe('a mailbox that cannot be opened', () => {
  it('has a backoff of its own, and the others go on', async () => {
    const stand = await open(['Broken'])
    stand.server.deliver('INBOX', mail(1))
    let examined = 0
    stand.server.misbehave = (command) => {
      stand.commands.push(command)
      examined += command === 'EXAMINE' ? 1 : 0
      return command === 'EXAMINE' && examined === 2 ? 'refuse' : null
    }
    expect(await stand.pass()).toBeNull()
    expect(await troubleOf(stand, 'Broken')).toMatchObject({ error_code: 'upstream.unavailable', failures: 1 })
    expect(await stand.pass()).toBeNull()
    expect(stand.commands).not.toContain('EXAMINE')
    await stand.account.letADayPass()
    expect(await stand.pass()).toBeNull()
    expect(await troubleOf(stand, 'Broken')).toEqual({ error_code: null, failures: 0, hours: null })
  })

  it('is in trouble no longer than until the next pass, though nothing in it has changed', async () => {
    const stand = await open(['Box'])
    stand.server.deliver('Box', mail(1))
    await stand.pass()
    // STATUS of Box tells nothing, so it is opened; and then the connection is lost.
    const commands: string[] = []
    stand.server.misbehave = (command) => {
      commands.push(command)
      const examined = commands.filter((sent) => sent === 'EXAMINE').length
      return command === 'STATUS' ? 'short' : examined === 2 ? 'cut' : null
    }
    expect(await stand.pass()).toMatchObject({ class: 'transient' })
    expect(await troubleOf(stand, 'Box')).toMatchObject({ error_code: 'upstream.unavailable', failures: 1 })
    stand.server.misbehave = () => null
    expect(await stand.pass()).toBeNull()
    expect(await troubleOf(stand, 'Box')).toEqual({ error_code: null, failures: 0, hours: null })
  })
})
