import type { ExaminedMailbox, MailboxStatus } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { isFirstSyncDone, type MailboxCursor } from './mailbox-cursor.ts'
import { isUnchanged, planResume, planTail, planVisit } from './plan-visit.ts'

const CURSOR: MailboxCursor = {
  uidValidity: 7n,
  lowUid: 1,
  sourceLowUid: 1,
  highUid: 10,
  uidNext: 11,
  highestModseq: 100n,
  messagesDone: 8,
  messagesWithheld: 0,
  messagesOutside: 0,
}
const STATUS: MailboxStatus = { messages: 8, uidNext: 11, uidValidity: 7n, highestModseq: 100n }
const EXAMINED: ExaminedMailbox = { path: 'INBOX', uidValidity: 7n, uidNext: 11, exists: 8, highestModseq: 100n, changes: null }

describe('isUnchanged', () => {
  it('when everything is as it was', () => {
    expect(isUnchanged(CURSOR, STATUS)).toBe(true)
  })

  it.each<[string, Partial<MailboxCursor>, Partial<MailboxStatus> | null]>([
    ['STATUS was refused', {}, null],
    ['messages came', {}, { uidNext: 12, messages: 9 }],
    ['messages went', {}, { messages: 7 }],
    ['as many came as went', {}, { uidNext: 12 }],
    ['flags changed', {}, { highestModseq: 101n }],
    ['the epoch changed', {}, { uidValidity: 8n }],
    ['the epoch is not told', {}, { uidValidity: undefined }],
    ['UIDNEXT is not told', {}, { uidNext: undefined }],
    ['there are no mod-sequences: flags may have changed unseen', {}, { highestModseq: undefined }],
    ['the mod-sequence is 0, which says nothing', { highestModseq: 0n }, { highestModseq: 0n }],
    ['the first synchronisation is not done', { lowUid: 5 }, {}],
    ['nothing was done yet', { uidValidity: null, lowUid: null, highUid: null, uidNext: null, highestModseq: null, messagesDone: 0 }, {}],
    ['fewer are stored than there are', { messagesDone: 7 }, {}],
  ])('not when %s', (_what, cursor, status) => {
    expect(isUnchanged({ ...CURSOR, ...cursor }, status === null ? null : { ...STATUS, ...status })).toBe(false)
  })
})

it('what is left out counts as much as what is stored', () => {
  const cursor = { ...CURSOR, messagesDone: 5, messagesWithheld: 1, messagesOutside: 2 }
  expect(isUnchanged(cursor, STATUS)).toBe(true)
  expect(isUnchanged(cursor, { ...STATUS, messages: 7 })).toBe(false)
})

describe('planVisit', () => {
  it.each<[string, Partial<MailboxCursor>, Partial<ExaminedMailbox>, ReturnType<typeof planVisit>]>([
    ['a mailbox that is new', { uidValidity: null, messagesDone: 0 }, {}, { epoch: 'first', flags: { by: 'none' } }],
    ['a new epoch', {}, { uidValidity: 8n }, { epoch: 'new_epoch', flags: { by: 'none' } }],
    ['an epoch that went away (faults A3)', {}, { uidValidity: 0n }, { epoch: 'new_epoch', flags: { by: 'none' } }],
    ['a server that never tells an epoch', { uidValidity: 0n }, { uidValidity: 0n }, { epoch: 'known', flags: { by: 'none' } }],
    ['unchanged flags', {}, {}, { epoch: 'known', flags: { by: 'none' } }],
    ['changed flags', {}, { highestModseq: 105n }, { epoch: 'known', flags: { by: 'changed_since', modseq: 100n } }],
    ['a server without mod-sequences', { highestModseq: null }, { highestModseq: null }, { epoch: 'known', flags: { by: 'compare' } }],
    ['mod-sequences that are new', { highestModseq: null }, {}, { epoch: 'known', flags: { by: 'compare' } }],
    ['mod-sequences that are gone', {}, { highestModseq: null }, { epoch: 'known', flags: { by: 'compare' } }],
    ['mod-sequences that went backwards: a restored server', {}, { highestModseq: 5n }, { epoch: 'known', flags: { by: 'compare' } }],
    [
      '63 bits',
      { highestModseq: 1n },
      { highestModseq: 9_223_372_036_854_775_807n },
      { epoch: 'known', flags: { by: 'changed_since', modseq: 1n } },
    ],
    [
      'nothing stored, whose flags could have changed',
      { messagesDone: 0 },
      { highestModseq: 105n },
      { epoch: 'known', flags: { by: 'none' } },
    ],
  ])('%s', (_what, cursor, examined, expected) => {
    expect(planVisit({ ...CURSOR, ...cursor }, { ...EXAMINED, ...examined })).toEqual(expected)
  })
})

it.each([
  [null, false],
  [1, true],
  [2, false],
])('with everything stored down to %s the first synchronisation is done: %s', (lowUid, expected) => {
  expect(isFirstSyncDone({ ...CURSOR, lowUid })).toBe(expected)
})

describe('planResume', () => {
  it.each([
    ['a known mailbox', CURSOR, { uidValidity: 7n, highestModseq: 100n }],
    ['one without mod-sequences', { ...CURSOR, highestModseq: null }, null],
    ['one never visited', { ...CURSOR, uidValidity: null }, null],
    ['one without a UIDVALIDITY (faults A3)', { ...CURSOR, uidValidity: 0n }, null],
    ['an empty one: nothing in it can have changed', { ...CURSOR, messagesDone: 0 }, null],
  ])('%s', (_what, cursor, expected) => {
    expect(planResume(cursor)).toEqual(expected)
  })
})

describe('planTail', () => {
  it.each([
    ['what is new begins at UIDNEXT', CURSOR, 20, 11],
    ['or behind what was stored beyond it', { ...CURSOR, highUid: 15 }, 20, 16],
    ['a first synchronisation is not done', { ...CURSOR, lowUid: 5 }, 20, null],
    ['the last visit left something open', { ...CURSOR, uidNext: null }, 20, null],
    ['UIDNEXT went backwards (faults A5)', CURSOR, 5, null],
    ['the server tells no UIDNEXT', CURSOR, null, null],
  ])('%s', (_what, cursor, uidNext, expected) => {
    expect(planTail(cursor, { ...EXAMINED, uidNext })).toBe(expected)
  })
})
