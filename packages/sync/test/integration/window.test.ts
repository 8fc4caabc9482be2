import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { composeMail } from '../fixture/compose-mail.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { RUNGS } from '../fixture/rungs.ts'
import { PATIENCE } from '../fixture/watch-desk.ts'
import { listSourcesAsked, WindowedAccount } from '../fixture/windowed-account.ts'
import { WIRE_LOG_CONFIG } from '../fixture/wire-log.ts'

const day = (text: string): Date => new Date(`${text}T12:00:00Z`)
/** One message each, so that the number of a message tells its age. */
const MAILS = ['2024-03-01', '2025-03-01', '2026-03-01', '2026-06-01'].map((text, index) => ({
  source: composeMail(index + 1),
  at: day(text),
}))
const FROM_2026 = new Date('2026-01-01T00:00:00Z')
const FROM_2025 = new Date('2025-01-01T00:00:00Z')

async function listLists(box: WindowedAccount): Promise<string[]> {
  return (await box.stored()).filter((placed) => placed.startsWith('Lists'))
}

describe.each(RUNGS)('a server with $name', ({ capabilities, provesFlags }) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, { capabilities, extraConfig: WIRE_LOG_CONFIG })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  async function openLimited(syncFrom: Date | null = FROM_2026): Promise<{ box: WindowedAccount; commands: string[] }> {
    const box = await WindowedAccount.open(stage, MAILS, syncFrom)
    return { box, commands: await box.look() }
  }

  const orphans = async ({ account }: WindowedAccount): Promise<unknown[]> =>
    (await stage.pool.query('SELECT subject FROM message WHERE account_id = $1 AND orphaned_at IS NOT NULL', [account.id])).rows
  const listOnServer = async ({ account }: WindowedAccount): Promise<string> =>
    stage.dovecot.doveadm('-f', 'tab', 'fetch', '-u', account.user, 'uid', 'mailbox', 'INBOX', 'ALL')
  const renumber = async (box: WindowedAccount): Promise<void> => {
    const { user } = box.account
    await stage.dovecot.doveadm('mailbox', 'update', '-u', user, '--uid-validity', '987654', '--min-next-uid', '4000', 'INBOX')
    // Dovecot finds the old files of a Maildir one by one.
    await vi.waitFor(async () => {
      await stage.dovecot.doveadm('force-resync', '-u', user, 'INBOX')
      expect((await listOnServer(box)).trim().split('\n').slice(1)).toEqual(['4000', '4001', '4002', '4003'])
    }, PATIENCE)
  }

  /** A pass over it all costs as little as over a mailbox without a window. */
  const expectQuiet = async (box: WindowedAccount): Promise<void> => {
    const commands = await box.look()
    expect(commands.some((command) => command.startsWith('EXAMINE'))).toBe(!provesFlags)
    expect(commands.filter((command) => /SEARCH|BODY|INTERNALDATE/u.test(command))).toEqual([])
  }

  it('gives only what is wanted, and the count proves that nothing is to be done', async () => {
    const { box, commands } = await openLimited()
    expect(new Set(listSourcesAsked(commands))).toEqual(new Set([3, 4]))
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4'])
    expect(await box.count()).toEqual({ done: 2, pending: 0, outside: 2, expected: 2, drift: 0 })
    await expectQuiet(box)
  })

  it('narrowed: what is stored stays, and new mail comes', async () => {
    const { box } = await openLimited(null)
    await box.limit(FROM_2026)
    await expectQuiet(box)
    await stage.dovecot.deliver(box.account.user, composeMail(5))
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 1', 'INBOX 2', 'INBOX 3', 'INBOX 4', 'INBOX 5'])
    expect(await box.count()).toEqual({ done: 5, pending: 0, outside: 0, expected: 5, drift: 0 })
    await box.letADayPass()
    await box.look()
    expect(await box.stored()).toHaveLength(5)
    await expectQuiet(box)
  })

  it('widened: what is older comes, and nothing is downloaded again', async () => {
    const { box } = await openLimited()
    await box.limit(FROM_2025)
    expect(listSourcesAsked(await box.look())).toEqual([2])
    expect(await box.stored()).toEqual(['INBOX 2', 'INBOX 3', 'INBOX 4'])
    expect(await box.count()).toEqual({ done: 3, pending: 0, outside: 1, expected: 3, drift: 0 })
    await box.limit(null)
    expect(listSourcesAsked(await box.look())).toEqual([1])
    expect(await box.stored()).toEqual(['INBOX 1', 'INBOX 2', 'INBOX 3', 'INBOX 4'])
    expect(await box.count()).toEqual({ done: 4, pending: 0, outside: 0, expected: 4, drift: 0 })
    await expectQuiet(box)
  })

  it('new mail comes and an import of old mail does not, each in one look at what is new', async () => {
    const { box } = await openLimited()
    await stage.dovecot.deliver(box.account.user, composeMail(5))
    await box.receive({ source: composeMail(6), at: day('2023-01-01') })
    const commands = await box.look()
    const searches = commands.filter((command) => command.includes('SEARCH'))
    expect(searches).toEqual([expect.stringMatching(/UID 5:\*$/u)])
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4', 'INBOX 5'])
    expect(await box.count()).toEqual({ done: 3, pending: 0, outside: 3, expected: 3, drift: 0 })
    await expectQuiet(box)
  })

  it('decides by the second, at the border', async () => {
    const { box } = await openLimited()
    await box.receive({ source: composeMail(5), at: new Date(FROM_2026.getTime() - 1_000) })
    await box.receive({ source: composeMail(6), at: FROM_2026 })
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4', 'INBOX 6'])
    await box.letADayPass()
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4', 'INBOX 6'])
    expect(await box.count()).toMatchObject({ outside: 3, drift: 0 })
  })

  it('notices what goes, inside and outside', async () => {
    const { box } = await openLimited()
    await stage.dovecot.doveadm('expunge', '-u', box.account.user, 'mailbox', 'INBOX', 'uid', '1')
    await box.look()
    expect(await box.count()).toEqual({ done: 2, pending: 0, outside: 1, expected: 2, drift: 0 })
    await expectQuiet(box)
    await stage.dovecot.doveadm('expunge', '-u', box.account.user, 'mailbox', 'INBOX', 'uid', '2:3')
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 4'])
    expect(await box.count()).toEqual({ done: 1, pending: 0, outside: 0, expected: 1, drift: 0 })
    await expectQuiet(box)
  })

  it('moved: stored mail is followed over the border, other old mail stays out', async () => {
    const { box } = await openLimited(null)
    await box.limit(FROM_2026)
    const before = await box.ids()
    await stage.dovecot.doveadm('mailbox', 'create', '-u', box.account.user, 'Old')
    await stage.dovecot.doveadm('move', '-u', box.account.user, 'Old', 'mailbox', 'INBOX', 'uid', '1')
    await box.look()
    await stage.dovecot.doveadm('move', '-u', box.account.user, 'Old', 'mailbox', 'INBOX', 'uid', '2')
    await box.receive({ source: composeMail(9), at: day('2023-01-01') })
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4', 'Old 1', 'Old 2'])
    expect(await box.ids()).toEqual(before)
    await expectQuiet(box)
  })

  it('a new UIDVALIDITY loses nothing of what was stored before the window was narrowed', async () => {
    const { box } = await openLimited(null)
    const before = await box.ids()
    await box.limit(FROM_2026)
    await renumber(box)
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 1', 'INBOX 2', 'INBOX 3', 'INBOX 4'])
    expect(await box.ids()).toEqual(before)
    expect(await box.count()).toEqual({ done: 4, pending: 0, outside: 0, expected: 4, drift: 0 })
    await expectQuiet(box)
  })

  it('a new UIDVALIDITY brings nothing in that was left out', async () => {
    const { box } = await openLimited()
    const before = await box.ids()
    await renumber(box)
    expect(listSourcesAsked(await box.look())).toHaveLength(2)
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4'])
    expect(await box.ids()).toEqual(before)
    expect(await box.count()).toEqual({ done: 2, pending: 0, outside: 2, expected: 2, drift: 0 })
    await expectQuiet(box)
    await box.limit(null)
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 1', 'INBOX 2', 'INBOX 3', 'INBOX 4'])
  })

  it('finds no drift in what is left out, and mends one in what is not', async () => {
    const { box } = await openLimited()
    await box.letADayPass()
    await box.look()
    expect(await box.count()).toMatchObject({ outside: 2, drift: 0 })
    await stage.pool.query('DELETE FROM placement WHERE account_id = $1 AND uid = 3', [box.account.id])
    await box.letADayPass()
    await box.look()
    expect(await box.count()).toEqual({ done: 2, pending: 0, outside: 2, expected: 2, drift: 1 })
    expect(await box.stored()).toEqual(['INBOX 3', 'INBOX 4'])
  })

  it('left out: a mailbox is not asked for, and keeps what it has; taken in again, it goes on', async () => {
    const { box } = await openLimited(null)
    await stage.dovecot.deliver(box.account.user, composeMail(11), 'Lists')
    await box.look()
    await box.choose('Lists', false)
    await stage.dovecot.deliver(box.account.user, composeMail(12), 'Lists')
    await box.letADayPass()
    const commands = await box.look()
    expect(commands.filter((command) => command.includes('Lists'))).toEqual([])
    expect(await listLists(box)).toEqual(['Lists 11'])
    await box.choose('Lists', true)
    expect(listSourcesAsked(await box.look())).toEqual([2])
    expect(await listLists(box)).toEqual(['Lists 11', 'Lists 12'])
  })

  it('left out: a mailbox that is renamed stays left out', async () => {
    const { box } = await openLimited(null)
    await stage.dovecot.deliver(box.account.user, composeMail(11), 'Lists')
    await box.look()
    await box.choose('Lists', false)
    await stage.dovecot.deliver(box.account.user, composeMail(12), 'Lists')
    await stage.dovecot.doveadm('mailbox', 'rename', '-u', box.account.user, 'Lists', 'Lists of old')
    await box.look()
    await box.look()
    expect(await listLists(box)).toEqual(['Lists of old 11'])
  })

  it('left out before it was ever opened: nothing of a mailbox is stored, and the account is up to date without it', async () => {
    const { box } = await openLimited(null)
    await stage.dovecot.doveadm('mailbox', 'create', '-u', box.account.user, 'Lists')
    await box.look()
    await box.choose('Lists', false)
    await stage.dovecot.deliver(box.account.user, composeMail(11), 'Lists')
    await box.look()
    expect(await listLists(box)).toEqual([])
    const { rows } = await stage.pool.query('SELECT sync_status FROM account WHERE id = $1', [box.account.id])
    expect(rows).toEqual([{ sync_status: 'synced' }])
    await box.choose('Lists', true)
    await box.look()
    expect(await listLists(box)).toEqual(['Lists 11'])
  })

  it('moved into a mailbox that is left out, a message waits to be purged', async () => {
    const { box } = await openLimited(null)
    await stage.dovecot.deliver(box.account.user, composeMail(11), 'Lists')
    await box.look()
    await box.choose('Lists', false)
    await stage.dovecot.doveadm('move', '-u', box.account.user, 'Lists', 'mailbox', 'INBOX', 'uid', '4')
    await box.look()
    expect(await box.stored()).toEqual(['INBOX 1', 'INBOX 2', 'INBOX 3', 'Lists 11'])
    expect(await orphans(box)).toEqual([{ subject: 'Message 4' }])
    await box.choose('Lists', true)
    await box.look()
    expect(await orphans(box)).toEqual([])
    expect(await box.stored()).toContain('Lists 4')
  })
})
