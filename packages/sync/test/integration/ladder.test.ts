import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeMail } from '../fixture/compose-mail.ts'
import { listInDatabase, listOnServer } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'
import { openWireLog, WIRE_LOG_CONFIG, type WireLog } from '../fixture/wire-log.ts'

interface Rung {
  readonly name: string
  readonly capabilities: string
  /** How an unchanged mailbox is told. */
  readonly opensUnchanged: boolean
  /** How INBOX is opened again. */
  readonly opening: RegExp
  /** How changed flags are found. */
  readonly flags: RegExp | null
}

const RUNGS: readonly Rung[] = [
  {
    name: 'QRESYNC and LIST-STATUS',
    capabilities: 'IMAP4rev1 ENABLE CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS ESEARCH UIDPLUS',
    opensUnchanged: false,
    opening: /^EXAMINE INBOX \(QRESYNC \(\d+ \d+\)\)$/u,
    flags: null,
  },
  {
    name: 'CONDSTORE',
    capabilities: 'IMAP4rev1 ENABLE CONDSTORE UIDPLUS',
    opensUnchanged: false,
    opening: /^EXAMINE INBOX$/u,
    flags: /^UID FETCH \d+:\d+ .*\(CHANGEDSINCE \d+\)$/u,
  },
  {
    name: 'neither',
    capabilities: 'IMAP4rev1',
    opensUnchanged: true,
    opening: /^EXAMINE INBOX$/u,
    flags: /^UID FETCH \d+:\d+ \(UID FLAGS\)$/u,
  },
]

describe.each(RUNGS)('a server with $name', ({ capabilities, opensUnchanged, opening, flags }) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, { capabilities, extraConfig: WIRE_LOG_CONFIG })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  const COUNT = 6

  async function openSynced(): Promise<{ account: StagedAccount; wire: WireLog; look: () => Promise<string[]> }> {
    const account = await stage.connect()
    for (let number = 1; number <= COUNT; number += 1) {
      await stage.dovecot.deliver(account.user, composeMail(number))
    }
    const wire = await openWireLog(stage, account)
    await stage.sync(account)
    const look = async (): Promise<string[]> => {
      await wire.clear()
      await stage.sync(account, { reason: 'sweep' })
      return wire.commands()
    }
    return { account, wire, look }
  }

  /** Of the rows of its mailboxes: another one after each write. */
  const listVersions = async ({ id }: StagedAccount): Promise<readonly string[]> => {
    const { rows } = await stage.pool.query<{ xmin: string }>('SELECT xmin::text FROM mailbox WHERE account_id = $1 ORDER BY id', [id])
    return rows.map(({ xmin }) => xmin)
  }

  const expectEqual = async (account: StagedAccount): Promise<void> => {
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  }

  it('opens no mailbox it need not open when nothing changed, and asks for no message', async () => {
    const { account, look } = await openSynced()
    const before = await listVersions(account)
    const commands = await look()
    expect(commands.length).toBeGreaterThan(0)
    // Where no mailbox was opened, nothing is written of any.
    expect((await listVersions(account)).every((version, index) => version === before[index])).toBe(!opensUnchanged)
    expect(commands.some((command) => command.startsWith('EXAMINE'))).toBe(opensUnchanged)
    expect(commands.filter((command) => /BODY|SEARCH/u.test(command))).toEqual([])
    expect(commands.filter((command) => command.startsWith('SELECT'))).toEqual([])
  })

  it('finds a changed flag without listing messages', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.doveadm('flags', 'add', '-u', account.user, String.raw`\Seen $Label`, 'mailbox', 'INBOX', 'uid', '2')
    const commands = await look()
    await expectEqual(account)
    expect(commands.filter((command) => opening.test(command))).toHaveLength(1)
    expect(commands.filter((command) => /SEARCH|BODY/u.test(command))).toEqual([])
    expect(commands.some((command) => flags?.test(command) === true)).toBe(flags !== null)
  })

  it('finds what is gone', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '2:4')
    const commands = await look()
    await expectEqual(account)
    // Told on opening, or found by a list.
    expect(commands.some((command) => command.includes('SEARCH'))).toBe(flags !== null)
  })

  it('lists only what is new when something came', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.deliver(account.user, composeMail(COUNT + 1))
    const commands = await look()
    await expectEqual(account)
    const searched = commands.filter((command) => command.includes('SEARCH'))
    expect(searched).toEqual([expect.stringMatching(new RegExp(String.raw`^UID SEARCH (?:RETURN \(ALL\) )?UID ${COUNT + 1}:\*$`, 'u'))])
  })

  it('finds all of it at once, with as many come as gone', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '1:2')
    await stage.dovecot.doveadm('flags', 'add', '-u', account.user, String.raw`\Flagged`, 'mailbox', 'INBOX', 'uid', '3')
    await stage.dovecot.deliver(account.user, composeMail(COUNT + 1))
    await stage.dovecot.deliver(account.user, composeMail(COUNT + 2))
    await look()
    await expectEqual(account)
    expect((await look()).some((command) => command.startsWith('EXAMINE'))).toBe(opensUnchanged)
  })

  it('compares everything once a day, finds no drift, and mends one', async () => {
    const { account, look } = await openSynced()
    const drift = async (): Promise<unknown[]> => {
      await stage.pool.query(`UPDATE mailbox SET compared_at = now() - interval '25 hours' WHERE account_id = $1`, [account.id])
      await look()
      const { rows } = await stage.pool.query(
        `SELECT drift, compared_at > now() - interval '1 minute' AS fresh FROM mailbox WHERE account_id = $1 AND path = 'INBOX'`,
        [account.id],
      )
      return rows
    }
    expect(await drift()).toEqual([{ drift: 0, fresh: true }])
    await stage.pool.query('DELETE FROM placement WHERE account_id = $1 AND uid IN (2, 3)', [account.id])
    await stage.pool.query('UPDATE mailbox SET messages_done = messages_done - 2 WHERE account_id = $1 AND messages_done > 0', [account.id])
    expect(await drift()).toEqual([{ drift: 2, fresh: true }])
    await expectEqual(account)
    expect(await drift()).toEqual([{ drift: 0, fresh: true }])
  })

  const mailboxIds = async (account: StagedAccount): Promise<Readonly<Record<string, string>>> => {
    const { rows } = await stage.pool.query<{ path: string; id: string }>(
      'SELECT path, id FROM mailbox WHERE account_id = $1 AND gone_at IS NULL',
      [account.id],
    )
    return Object.fromEntries(rows.map(({ path, id }) => [path, id]))
  }

  it('knows a renamed mailbox again, with all below it, and downloads nothing', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.deliver(account.user, composeMail(20), 'A')
    await stage.dovecot.deliver(account.user, composeMail(21), 'A/B')
    await look()
    const before = await mailboxIds(account)
    await stage.dovecot.doveadm('mailbox', 'rename', '-u', account.user, 'A', 'Z')
    const commands = await look()
    expect(commands.filter((command) => command.includes('BODY'))).toEqual([])
    const after = await mailboxIds(account)
    expect([after['Z'], after['Z/B'], after['A']]).toEqual([before['A'], before['A/B'], undefined])
    await expectEqual(account)
  })

  it('knows it again when its old name was given to another', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.deliver(account.user, composeMail(30), 'Year')
    await look()
    const before = await mailboxIds(account)
    await stage.dovecot.doveadm('mailbox', 'rename', '-u', account.user, 'Year', 'Last year')
    await stage.dovecot.deliver(account.user, composeMail(31), 'Year')
    await look()
    const after = await mailboxIds(account)
    await expectEqual(account)
    // Where STATUS does not come with the list, the other one is noticed only when it is opened: then ids of messages are what is kept.
    expect(after['Last year'] === before['Year']).toBe(capabilities.includes('LIST-STATUS'))
  })

  it('takes a mailbox that was deleted and made again for a new one', async () => {
    const { account, look } = await openSynced()
    await stage.dovecot.deliver(account.user, composeMail(40), 'Box')
    await look()
    await stage.dovecot.doveadm('mailbox', 'delete', '-u', account.user, 'Box')
    await stage.dovecot.deliver(account.user, composeMail(41), 'Box')
    await look()
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  })
})
