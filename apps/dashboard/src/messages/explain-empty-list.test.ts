import type { Account, Mailbox, MailboxProgress, SyncProgress } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { makeAccount } from '../../test/fixture/account.ts'
import { makeMailbox } from '../../test/fixture/mailbox.ts'
import { explainEmptyList, type EmptyListReason } from './explain-empty-list.ts'

const SYNC_FROM = new Date('2026-01-15T00:00:00Z')
const READ_AT = new Date('2026-01-15T11:00:00Z')
const REFUSED = { code: 'sync.permission_denied', message: 'No permission.', nextAttemptAt: null }
const mailbox = makeMailbox()

function progressOf(changes: Partial<MailboxProgress>): SyncProgress {
  const entry = { mailboxId: mailbox.id, path: mailbox.path, messagesDone: 0, messagesExpected: 0, syncError: null, ...changes }
  const other = { ...entry, mailboxId: 'another', messagesExpected: 900, syncError: null }
  return { accountId: mailbox.accountId, messagesDone: 0, messagesExpected: 900, mailboxes: [other, entry] }
}

interface Situation {
  readonly account?: Partial<Account>
  readonly mailbox?: Partial<Mailbox>
  readonly progress?: Partial<MailboxProgress>
}

function explain({ account, mailbox: changes, progress }: Situation): EmptyListReason {
  const shown = { ...mailbox, ...changes }
  return explainEmptyList({
    account: makeAccount(account),
    mailboxes: [shown],
    mailbox: shown,
    progress: progress && progressOf(progress),
  })
}

describe('an empty list', () => {
  it.each<[string, Situation, EmptyListReason]>([
    ['of a mailbox that has nothing', {}, { kind: 'empty' }],
    ['while the others are still fetched', { account: { syncStatus: 'syncing' }, progress: {} }, { kind: 'empty' }],
    ['of a mailbox that is left out', { mailbox: { synced: false } }, { kind: 'left_out' }],
    ['of an account with a window', { account: { syncFrom: SYNC_FROM } }, { kind: 'window', syncFrom: SYNC_FROM }],
    ['before the first sync', { account: { syncStatus: 'pending', lastSyncedAt: null } }, { kind: 'arriving', messagesExpected: 0 }],
    [
      'during the first sync, with a window',
      { account: { syncStatus: 'syncing', lastSyncedAt: null, syncFrom: SYNC_FROM }, progress: { messagesExpected: 1_200 } },
      { kind: 'arriving', messagesExpected: 1_200 },
    ],
    [
      'of a mailbox that was taken in again',
      { account: { syncStatus: 'syncing' }, progress: { messagesExpected: 12 } },
      { kind: 'arriving', messagesExpected: 12 },
    ],
    ['of a mailbox that cannot be read', { mailbox: { syncError: REFUSED } }, { kind: 'mailbox_error', error: REFUSED }],
    ['of one that cannot be read since a moment ago', { progress: { syncError: REFUSED } }, { kind: 'mailbox_error', error: REFUSED }],
    ['of one that can be read again', { mailbox: { syncError: REFUSED }, progress: {} }, { kind: 'empty' }],
    ['of an account that cannot be read any more', { account: { syncStatus: 'error' } }, { kind: 'account_error', readAt: READ_AT }],
    [
      'of an account that could never be read',
      { account: { syncStatus: 'error', lastSyncedAt: null } },
      { kind: 'account_error', readAt: null },
    ],
    ['while a transient failure is retried', { account: { syncError: { ...REFUSED, since: READ_AT } } }, { kind: 'empty' }],
  ])('%s', (_what, situation, reason) => {
    expect(explain(situation)).toEqual(reason)
  })

  it('is told by what the user chose before what is wrong, and by that before what is to come', () => {
    const all: Situation = { account: { syncStatus: 'error', lastSyncedAt: null, syncFrom: SYNC_FROM }, mailbox: { syncError: REFUSED } }
    expect(explain({ ...all, mailbox: { ...all.mailbox, synced: false } }).kind).toBe('left_out')
    expect(explain(all).kind).toBe('account_error')
    expect(explain({ ...all, account: { ...all.account, syncStatus: 'syncing' } }).kind).toBe('mailbox_error')
  })

  it('without a mailbox is one that is gone, or the time before any is known', () => {
    const account = makeAccount({ syncStatus: 'pending', lastSyncedAt: null })
    const none = { account, mailbox: undefined, progress: undefined }
    expect(explainEmptyList({ ...none, mailboxes: [mailbox] })).toEqual({ kind: 'no_mailbox' })
    expect(explainEmptyList({ ...none, mailboxes: [] })).toEqual({ kind: 'arriving', messagesExpected: 0 })
    const refused = makeAccount({ syncStatus: 'error', lastSyncedAt: null })
    expect(explainEmptyList({ ...none, account: refused, mailboxes: [] })).toEqual({ kind: 'account_error', readAt: null })
  })
})
