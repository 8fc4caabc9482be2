import type { Mailbox } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { findInbox, orderMailboxes } from './mailbox-order.ts'

function mailbox(path: string, specialUse: Mailbox['specialUse'] = null, delimiter: string | null = '/'): Mailbox {
  return { id: path, accountId: 'a', path, delimiter, specialUse, messagesTotal: 0, messagesUnseen: 0, synced: true, syncError: null }
}

describe('orderMailboxes', () => {
  it('puts the special ones first, the others by path beneath their parents', () => {
    const ordered = orderMailboxes([
      mailbox('Zebra'),
      mailbox('Papierkorb', '\\Trash'),
      mailbox('Customers/Renewals'),
      mailbox('INBOX', '\\Inbox'),
      mailbox('Customers'),
      mailbox('Gesendet', '\\Sent'),
    ])
    expect(ordered.map(({ label, depth }) => [label, depth])).toEqual([
      ['Inbox', 0],
      ['Sent', 0],
      ['Trash', 0],
      ['Customers', 0],
      ['Renewals', 1],
      ['Zebra', 0],
    ])
  })

  it('does not indent everything where everything lies under INBOX', () => {
    expect(orderMailboxes([mailbox('INBOX.Projects', null, '.')])[0]?.depth).toBe(0)
  })

  it('takes a path without delimiter whole', () => {
    expect(orderMailboxes([mailbox('a/b', null, null)])[0]).toMatchObject({ label: 'a/b', depth: 0 })
  })
})

describe('findInbox', () => {
  it('is the inbox, else the first there is', () => {
    expect(findInbox([mailbox('A'), mailbox('INBOX', '\\Inbox')])?.path).toBe('INBOX')
    expect(findInbox([mailbox('B'), mailbox('A')])?.path).toBe('A')
    expect(findInbox([])).toBeUndefined()
  })
})
