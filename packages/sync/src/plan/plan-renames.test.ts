import type { MailboxStatus } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { isSameMailbox, planRenames, type RenamableMailbox } from './plan-renames.ts'

const known = (
  id: string,
  path: string,
  change: Partial<RenamableMailbox['cursor']> & { readonly gone?: boolean } = {},
): RenamableMailbox => {
  const { gone = false, ...cursor } = change
  return { id, path, gone, cursor: { uidValidity: 7n, messagesDone: 3, uidNext: 4, ...cursor } }
}

const listing = (path: string) => ({ path, delimiter: '/', specialUse: null, selectable: true, status: null })
const list = (...paths: readonly string[]) => ({ mailboxes: paths.map(listing), complete: true })
const statuses = (entries: Readonly<Record<string, bigint>>): ReadonlyMap<string, MailboxStatus> =>
  new Map(Object.entries(entries).map(([path, uidValidity]) => [path, { uidValidity, uidNext: 9 }]))

describe('planRenames', () => {
  it('pairs a name that is new with a mailbox that is gone, by UIDVALIDITY', () => {
    const planned = planRenames(list('INBOX', 'New', 'Other'), [known('1', 'Old')], statuses({ New: 7n, Other: 8n }))
    expect(planned).toEqual([{ mailboxId: '1', from: 'Old', to: 'New' }])
  })

  it('sees a mailbox whose name another one has taken', () => {
    const planned = planRenames(list('INBOX', 'Old', 'New'), [known('1', 'Old')], statuses({ New: 7n, Old: 9n }))
    expect(planned).toEqual([{ mailboxId: '1', from: 'Old', to: 'New' }])
  })

  it('sees a name under which something was long ago', () => {
    const planned = planRenames(list('INBOX', 'New'), [known('1', 'Old'), known('2', 'New', { gone: true })], statuses({ New: 7n }))
    expect(planned).toEqual([{ mailboxId: '1', from: 'Old', to: 'New' }])
  })

  it('lets all that it may be be tried, where the server gives every mailbox the same UIDVALIDITY', () => {
    const planned = planRenames(list('INBOX', 'C'), [known('1', 'A'), known('2', 'B')], statuses({ C: 7n }))
    expect(planned.map(({ from }) => from)).toEqual(['A', 'B'])
  })

  it.each([
    ['an incomplete list', { ...list('New'), complete: false }, [known('1', 'Old')], { New: 7n }],
    ['a mailbox that is still there', list('INBOX', 'Old', 'New'), [known('1', 'Old')], { New: 7n, Old: 7n }],
    ['another UIDVALIDITY', list('INBOX', 'New'), [known('1', 'Old')], { New: 8n }],
    ['nothing stored', list('INBOX', 'New'), [known('1', 'Old', { messagesDone: 0 })], { New: 7n }],
    ['fewer UIDs than there were', list('INBOX', 'New'), [known('1', 'Old', { uidNext: 50 })], { New: 7n }],
    ['INBOX, which a rename leaves behind', list('New'), [known('1', 'INBOX')], { New: 7n }],
    ['no STATUS', list('INBOX', 'New'), [known('1', 'Old')], {}],
  ])('concludes nothing from %s', (_what, listed, mailboxes, told) => {
    expect(planRenames(listed, mailboxes, statuses(told as Readonly<Record<string, bigint>>))).toEqual([])
  })
})

const at = (uid: number, sizeOctets: number, time = 5) => ({ uid, sizeOctets, internalDate: new Date(time) })

describe('isSameMailbox', () => {
  it.each([
    ['the same messages', [at(1, 10), at(2, 20)], [at(1, 10), at(2, 20)], true],
    ['some are gone', [at(1, 10), at(2, 20)], [at(2, 20)], true],
    ['no dates', [at(1, 10)], [{ ...at(1, 10), internalDate: null }], true],
    ['none of them is there: no proof', [at(1, 10)], [], false],
    ['another size', [at(1, 10), at(2, 20)], [at(1, 10), at(2, 21)], false],
    ['another date', [at(1, 10)], [at(1, 10, 6)], false],
  ])('%s', (_what, stored, found, expected) => {
    expect(isSameMailbox(stored, found)).toBe(expected)
  })
})
