import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeMail, composeVariedMail } from '../fixture/compose-mail.ts'
import { asServed, listInDatabase, listOnServer, listStoredHashes, sha256 } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

/** What servers of the world offer. Whatever it is, the database ends equal to the server (faults A11). */
const PROFILES: readonly (readonly [name: string, capabilities: string | undefined])[] = [
  ['everything Dovecot offers', undefined],
  ['CONDSTORE without QRESYNC and LIST-STATUS', 'IMAP4rev1 CONDSTORE UIDPLUS ENABLE LITERAL+ SPECIAL-USE'],
  ['no CONDSTORE, but LIST-STATUS', 'IMAP4rev1 LIST-EXTENDED LIST-STATUS IDLE'],
  ['nothing but IMAP4rev1', 'IMAP4rev1'],
]

describe.each(PROFILES)('on a server with %s', (_name, capabilities) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, capabilities === undefined ? {} : { capabilities })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  const inDatabase = async (account: StagedAccount): Promise<string[]> => listInDatabase(stage.pool, account)
  const onServer = async (account: StagedAccount): Promise<string[]> => listOnServer(stage.dovecot, account.user)

  const deliverMany = async (account: StagedAccount, count: number, mailbox = 'INBOX', from = 0): Promise<string[]> => {
    const sources = Array.from({ length: count }, (_value, index) => composeVariedMail(from + index))
    for (const source of sources) {
      await stage.dovecot.deliver(account.user, source, mailbox)
    }
    return sources
  }

  const idsBySubject = async (account: StagedAccount): Promise<ReadonlyMap<string, string>> => {
    const { rows } = await stage.pool.query<{ id: string; subject: string }>('SELECT id, subject FROM message WHERE account_id = $1', [
      account.id,
    ])
    return new Map(rows.map(({ id, subject }) => [subject, id]))
  }

  it('finds what is new, what changed and what is gone', async () => {
    const account = await stage.connect()
    await deliverMany(account, 12)
    await stage.sync(account)
    await stage.dovecot.doveadm(
      'flags',
      'add',
      '-u',
      account.user,
      String.raw`\Seen \Flagged $Label1 Wichtig`,
      'mailbox',
      'INBOX',
      'uid',
      '2:5',
    )
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '7:9')
    await deliverMany(account, 3, 'INBOX', 12)
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual(await onServer(account))
    await stage.dovecot.doveadm('flags', 'remove', '-u', account.user, String.raw`\Flagged Wichtig`, 'mailbox', 'INBOX', 'uid', '2:3')
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual(await onServer(account))
  })

  it('finds a mailbox that was emptied', async () => {
    const account = await stage.connect()
    await deliverMany(account, 4)
    await stage.sync(account)
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'ALL')
    await stage.sync(account, { reason: 'sweep' })
    expect(await listInDatabase(stage.pool, account)).toEqual([])
  })

  it('sees that as many came as went', async () => {
    const account = await stage.connect()
    await deliverMany(account, 4)
    await stage.sync(account)
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '1:2')
    await deliverMany(account, 2, 'INBOX', 10)
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual(await onServer(account))
  })

  it('keeps the id of a message that is moved or copied', async () => {
    const account = await stage.connect()
    const sources = await deliverMany(account, 3)
    await stage.sync(account)
    const before = await idsBySubject(account)
    await stage.dovecot.doveadm('mailbox', 'create', '-u', account.user, 'Elsewhere')
    await stage.dovecot.doveadm('move', '-u', account.user, 'Elsewhere', 'mailbox', 'INBOX', 'uid', '1')
    await stage.dovecot.doveadm('copy', '-u', account.user, 'Sent', 'mailbox', 'INBOX', 'uid', '2')
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual(await onServer(account))
    expect(await idsBySubject(account)).toEqual(before)
    expect(await listStoredHashes(stage.pool, account)).toEqual(sources.map((source) => sha256(asServed(source))).toSorted())
    const { rows } = await stage.pool.query('SELECT id FROM message WHERE account_id = $1 AND orphaned_at IS NOT NULL', [account.id])
    expect(rows).toEqual([])
  })

  it('keeps ids through a new UIDVALIDITY, and shows nothing twice meanwhile', async () => {
    const account = await stage.connect()
    await deliverMany(account, 6)
    await stage.sync(account)
    const before = await idsBySubject(account)
    await stage.dovecot.doveadm('mailbox', 'update', '-u', account.user, '--uid-validity', '987654', '--min-next-uid', '4000', 'INBOX')
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '1')
    await deliverMany(account, 1, 'INBOX', 20)
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual(await onServer(account))
    const after = await idsBySubject(account)
    for (const [subject, id] of before) {
      expect(after.get(subject)).toBe(id)
    }
    const { rows } = await stage.pool.query(
      `SELECT uid_validity, (SELECT count(*)::int FROM placement WHERE placement.account_id = $1 AND uid < 0) AS ended
       FROM mailbox WHERE account_id = $1 AND path = 'INBOX'`,
      [account.id],
    )
    expect(rows).toEqual([{ uid_validity: '987654', ended: 0 }])
  })

  it('follows mailboxes that are made, renamed and deleted', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1), 'Projekte/Größe')
    await stage.dovecot.deliver(account.user, composeMail(2), 'Weg')
    await stage.sync(account)
    const before = await idsBySubject(account)
    await stage.dovecot.doveadm('mailbox', 'rename', '-u', account.user, 'Projekte/Größe', 'Projekte/日本 & Co')
    await stage.dovecot.doveadm('mailbox', 'delete', '-u', account.user, 'Weg')
    await stage.sync(account, { reason: 'sweep' })
    expect(await idsBySubject(account)).toEqual(before)
    const { rows } = await stage.pool.query<{ path: string; gone: boolean }>(
      'SELECT path, gone_at IS NOT NULL AS gone FROM mailbox WHERE account_id = $1',
      [account.id],
    )
    const gone = new Map(rows.map((row) => [row.path, row.gone]))
    expect([gone.get('Projekte/Größe'), gone.get('Projekte/日本 & Co'), gone.get('Weg'), gone.get('INBOX')]).toEqual([
      undefined,
      false,
      true,
      false,
    ])
  })

  it('empties a mailbox that has been gone for a day, and finds its messages again if it comes back', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1), 'Projekt')
    await stage.sync(account)
    const before = await idsBySubject(account)
    await stage.dovecot.doveadm('mailbox', 'delete', '-u', account.user, 'Projekt')
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toHaveLength(1)
    await stage.pool.query(`UPDATE mailbox SET gone_at = now() - interval '25 hours' WHERE account_id = $1 AND gone_at IS NOT NULL`, [
      account.id,
    ])
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual([])
    await stage.dovecot.deliver(account.user, composeMail(1), 'Projekt')
    await stage.sync(account, { reason: 'sweep' })
    expect(await inDatabase(account)).toEqual(await onServer(account))
    expect(await idsBySubject(account)).toEqual(before)
  })

  it('changes nothing on the server', async () => {
    const account = await stage.connect()
    await deliverMany(account, 5)
    const before = await listOnServer(stage.dovecot, account.user)
    await stage.sync(account)
    await stage.sync(account, { reason: 'sweep' })
    expect(await listOnServer(stage.dovecot, account.user)).toEqual(before)
    expect(before.every((placed) => placed.endsWith('[]'))).toBe(true)
  })

  it('leaves everything as it is when nothing changed', async () => {
    const account = await stage.connect()
    await deliverMany(account, 5)
    await stage.sync(account)
    const dump = async (): Promise<unknown> => {
      const { rows } = await stage.pool.query(
        `SELECT (SELECT json_agg(placement ORDER BY mailbox_id, uid) FROM placement WHERE account_id = $1) AS placements,
                (SELECT json_agg(message ORDER BY id) FROM message WHERE account_id = $1) AS messages,
                (SELECT json_agg(json_build_array(path, uid_next, highest_modseq, cursor_low_uid, cursor_high_uid, messages_done) ORDER BY path)
                 FROM mailbox WHERE account_id = $1) AS cursors`,
        [account.id],
      )
      return rows[0]
    }
    const before = await dump()
    await stage.sync(account, { reason: 'sweep' })
    expect(await dump()).toEqual(before)
  })

  it('knows UIDs near the end of their range', async () => {
    const account = await stage.connect()
    await deliverMany(account, 2)
    await stage.dovecot.doveadm('mailbox', 'update', '-u', account.user, '--min-next-uid', '4294967290', 'INBOX')
    await deliverMany(account, 2, 'INBOX', 5)
    await stage.sync(account)
    expect(await inDatabase(account)).toEqual(await onServer(account))
  })
})
