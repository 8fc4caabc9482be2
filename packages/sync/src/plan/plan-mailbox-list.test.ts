import type { SpecialUse } from '@maildock/core'
import type { MailboxList, MailboxListing } from '@maildock/mail'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderMailboxes } from './mailbox-order.ts'
import { planMailboxList, type KnownMailbox } from './plan-mailbox-list.ts'

const listing = (path: string, specialUse: SpecialUse | null = null): MailboxListing => ({
  path,
  delimiter: '/',
  specialUse,
  selectable: true,
  status: null,
})
const listOf = (paths: readonly string[], complete = true): MailboxList => ({ mailboxes: paths.map((path) => listing(path)), complete })
const known = (path: string, gone = false): KnownMailbox => ({ id: `id-${path}`, path, gone })

describe('orderMailboxes', () => {
  it('puts first what people look at first, and last what is large and rarely read', () => {
    const mailboxes = [
      listing('All', '\\All'),
      listing('Trash', '\\Trash'),
      listing('b'),
      listing('Junk', '\\Junk'),
      listing('Drafts', '\\Drafts'),
      listing('a'),
      listing('Archive', '\\Archive'),
      listing('Sent', '\\Sent'),
      listing('INBOX', '\\Inbox'),
    ]
    expect(orderMailboxes(mailboxes).map(({ path }) => path)).toEqual([
      'INBOX',
      'Sent',
      'Drafts',
      'a',
      'b',
      'Archive',
      'Junk',
      'Trash',
      'All',
    ])
  })

  it('loses and adds nothing, and orders the same whatever order it was given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), (paths) => {
        const mailboxes = paths.map((path) => listing(path))
        expect(orderMailboxes(mailboxes)).toEqual(orderMailboxes(mailboxes.toReversed()))
        expect(orderMailboxes(mailboxes)).toHaveLength(mailboxes.length)
      }),
    )
  })
})

describe('planMailboxList', () => {
  it('keeps the id of a path it knows, also of one that comes back', () => {
    const { present } = planMailboxList(listOf(['INBOX', 'Back', 'New']), [known('INBOX'), known('Back', true)])
    expect(new Map(present.map(({ path, id }) => [path, id]))).toEqual(
      new Map([
        ['INBOX', 'id-INBOX'],
        ['Back', 'id-Back'],
        ['New', null],
      ]),
    )
  })

  it.each<[string, MailboxList, readonly KnownMailbox[], readonly string[]]>([
    ['what a complete list lacks', listOf(['INBOX']), [known('INBOX'), known('Old')], ['id-Old']],
    ['nothing that is gone already', listOf(['INBOX']), [known('INBOX'), known('Old', true)], []],
    ['nothing for an incomplete list', listOf(['INBOX'], false), [known('INBOX'), known('Old')], []],
    ['nothing for an empty list', listOf([], false), [known('INBOX'), known('Old')], []],
  ])('takes for gone %s', (_what, list, stored, expected) => {
    expect(planMailboxList(list, stored).gone).toEqual(expected)
  })

  it('tells names apart that objects would confuse (faults A20)', () => {
    const { present, gone } = planMailboxList(listOf(['INBOX', '__proto__', 'constructor']), [known('INBOX'), known('toString')])
    expect(present.map(({ id }) => id)).toEqual(['id-INBOX', null, null])
    expect(gone).toEqual(['id-toString'])
  })
})
