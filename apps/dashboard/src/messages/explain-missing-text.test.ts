import type { Account, Mailbox, Message, SyncProgress } from '@maildock/client'
import { expect, it } from 'vitest'
import { makeAccount } from '../../test/fixture/account.ts'
import { makeMailbox } from '../../test/fixture/mailbox.ts'
import { explainMissingText, type MissingTextReason } from './explain-missing-text.ts'

const ERROR = { code: 'sync.permission_denied', message: 'No permission.', nextAttemptAt: null }
const inbox = makeMailbox({ id: 'inbox' })
const archive = makeMailbox({ id: 'archive' })
const leftOut = makeMailbox({ id: 'left out', synced: false })
const refused = makeMailbox({ id: 'refused', syncError: ERROR })

interface Situation {
  readonly bodyState?: Message['bodyState']
  readonly account?: Partial<Account>
  /** Where the message is. */
  readonly places?: readonly Mailbox[]
  /** Where messages are still to come. */
  readonly open?: Mailbox
}

function progressOf(mailbox: Mailbox): SyncProgress {
  const counts = { messagesDone: 3, messagesExpected: 5 }
  return { accountId: inbox.accountId, ...counts, mailboxes: [{ mailboxId: mailbox.id, path: mailbox.path, syncError: null, ...counts }] }
}

function explain({ bodyState = 'pending', account, places = [inbox], open }: Situation): MissingTextReason {
  return explainMissingText({
    message: { bodyState, mailboxIds: places.map(({ id }) => id) },
    account: makeAccount(account),
    mailboxes: [inbox, archive, leftOut, refused],
    progress: open && progressOf(open),
  })
}

it.each<[string, Situation, MissingTextReason]>([
  ['of an account that is synchronised', { account: { syncStatus: 'syncing' } }, 'arriving'],
  ['of an account that is retried', { account: { syncError: { ...ERROR, since: new Date() } } }, 'arriving'],
  ['of a mailbox with more to come', { open: inbox }, 'arriving'],
  ['of a mailbox that is whole, while another is not', { open: archive }, 'withheld'],
  ['of an account that is up to date', {}, 'withheld'],
  ['of an account that cannot be read', { account: { syncStatus: 'error' } }, 'account_error'],
  ['of a mailbox that cannot be read', { places: [refused] }, 'mailbox_error'],
  ['of two mailboxes, one of which cannot be read', { places: [refused, inbox], open: inbox }, 'arriving'],
  ['of a mailbox that is left out', { places: [leftOut], account: { syncStatus: 'error' } }, 'left_out'],
  ['of two mailboxes, one of which is left out', { places: [leftOut, inbox], account: { syncStatus: 'syncing' } }, 'arriving'],
  ['that is in no mailbox any more', { places: [] }, 'gone'],
  ['of a mailbox that is not there any more', { places: [makeMailbox({ id: 'deleted' })] }, 'gone'],
  ['that is stored and has only pictures', { bodyState: 'stored' }, 'no_text'],
  ['that was given up, whatever the account does', { bodyState: 'too_large', account: { syncStatus: 'syncing' } }, 'given_up'],
  ['that could not be read', { bodyState: 'unparsable' }, 'unparsable'],
])('the text of a message %s', (_what, situation, reason) => {
  expect(explain(situation)).toBe(reason)
})

it('takes a text for arriving while the account is not known yet', () => {
  const message = { bodyState: 'pending' as const, mailboxIds: ['inbox'] }
  expect(explainMissingText({ message, account: undefined, mailboxes: undefined, progress: undefined })).toBe('arriving')
})
