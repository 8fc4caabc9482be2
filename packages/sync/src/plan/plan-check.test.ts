import type { MailboxList, MailboxListing } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import type { StoredMailbox } from '../store/mailbox-store.ts'
import { provesUpToDate } from './plan-check.ts'

const listed = (change: Partial<MailboxListing> = {}): MailboxListing => ({
  path: 'INBOX',
  delimiter: '/',
  specialUse: '\\Inbox',
  selectable: true,
  status: { messages: 3, uidNext: 9, uidValidity: 7n, highestModseq: 40n },
  ...change,
})

const stored = (change: Partial<StoredMailbox> = {}): StoredMailbox =>
  ({
    id: 'id',
    path: 'INBOX',
    specialUse: '\\Inbox',
    selectable: true,
    gone: false,
    parked: false,
    errorCode: null,
    withheldDue: false,
    comparisonDue: false,
    synced: true,
    widened: false,
    cursor: {
      uidValidity: 7n,
      uidNext: 9,
      highestModseq: 40n,
      lowUid: 1,
      highUid: 8,
      sourceLowUid: 1,
      messagesDone: 3,
      messagesWithheld: 0,
      messagesOutside: 0,
    },
    ...change,
  }) as StoredMailbox

const list = (...mailboxes: readonly MailboxListing[]): MailboxList => ({ mailboxes, complete: true })
const cursor = (change: Partial<StoredMailbox['cursor']>): Partial<StoredMailbox> => ({ cursor: { ...stored().cursor, ...change } })

describe('provesUpToDate', () => {
  it('what is listed as it is stored is up to date; what is gone and what cannot be opened does not matter', () => {
    const nothing = listed({ path: 'Folder', selectable: false, status: null })
    expect(
      provesUpToDate(list(listed(), nothing), [
        stored(),
        stored({ path: 'Folder', selectable: false }),
        stored({ path: 'Old', gone: true }),
      ]),
    ).toBe(true)
  })

  it('what is left out does not matter, whatever is new there', () => {
    const leftOut = { ...stored(cursor({ messagesDone: 2 })), path: 'Junk', synced: false, comparisonDue: true }
    expect(provesUpToDate(list(listed(), listed({ path: 'Junk' })), [stored(), leftOut])).toBe(true)
    expect(provesUpToDate(list(listed(), listed({ path: 'Junk' })), [stored(), { ...leftOut, synced: true }])).toBe(false)
  })

  it.each<[string, MailboxList, readonly StoredMailbox[]]>([
    ['a list that ended early', { mailboxes: [listed()], complete: false }, [stored()]],
    ['a mailbox more', list(listed(), listed({ path: 'New' })), [stored()]],
    ['a mailbox less', list(listed()), [stored(), stored({ path: 'Gone' })]],
    ['a mailbox of another name', list(listed({ path: 'Renamed' })), [stored()]],
    ['a mailbox that can be opened by now', list(listed()), [stored({ selectable: false })]],
    ['a mailbox without STATUS', list(listed({ status: null })), [stored()]],
    ['a message more', list(listed()), [stored(cursor({ messagesDone: 2 }))]],
    ['a flag that changed', list(listed()), [stored(cursor({ highestModseq: 39n }))]],
    ['a server without mod-sequences', list(listed({ status: { messages: 3, uidNext: 9, uidValidity: 7n } })), [stored()]],
    ['a first synchronisation that is not done', list(listed()), [stored(cursor({ lowUid: 4 }))]],
    ['sources that are still to come', list(listed()), [stored(cursor({ sourceLowUid: 4 }))]],
    ['a mailbox that is parked', list(listed()), [stored({ parked: true })]],
    ['a mailbox that failed', list(listed()), [stored({ errorCode: 'sync.server_error' })]],
    ['a message that is to be asked for again', list(listed()), [stored({ withheldDue: true })]],
    ['a window that reaches further than before', list(listed()), [stored({ widened: true })]],
    ['a comparison that is due', list(listed()), [stored({ comparisonDue: true })]],
  ])('%s is for a pass to find out about', (_what, present, known) => {
    expect(provesUpToDate(present, known)).toBe(false)
  })
})
