import type { LiveEvent, SyncProgress } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { makeAccount } from '../../test/fixture/account.ts'
import { applyLiveEvent, listChangedMail, upsertAccount, type LiveAccounts } from './live-accounts.ts'

const first = makeAccount({ id: 'a', isDefault: true })
const second = makeAccount({ id: 'b', email: 'support@example.com' })
const progress: SyncProgress = { accountId: 'a', messagesDone: 1, messagesExpected: 2, mailboxes: [] }
const state: LiveAccounts = { accounts: [first, second], progress: new Map([['a', progress]]) }

describe('applyLiveEvent', () => {
  it('lets a snapshot replace everything: what was missed is in it', () => {
    const after = applyLiveEvent(state, { type: 'snapshot', accounts: [second], progress: [] })
    expect(after).toEqual({ accounts: [second], progress: new Map() })
  })

  it('replaces an account in its place', () => {
    const changed = { ...first, syncStatus: 'error' as const }
    expect(applyLiveEvent(state, { type: 'account', account: changed }).accounts).toEqual([changed, second])
  })

  it('forgets a removed account and its progress', () => {
    const after = applyLiveEvent(state, { type: 'removed', accountId: 'a' })
    expect(after.accounts).toEqual([second])
    expect(after.progress.size).toBe(0)
  })

  it('keeps the newest progress of each account', () => {
    const newer = { ...progress, messagesDone: 2 }
    expect(applyLiveEvent(state, { type: 'progress', progress: newer }).progress.get('a')).toEqual(newer)
  })

  it.each<LiveEvent>([
    { type: 'account', account: { ...second, name: 'Support' } },
    { type: 'removed', accountId: 'b' },
    { type: 'progress', progress },
    { type: 'messages', accountId: 'a' },
  ])('does no harm when $type comes twice', (event) => {
    const once = applyLiveEvent(state, event)
    expect(applyLiveEvent(once, event)).toEqual(once)
  })
})

describe('listChangedMail', () => {
  const later = new Date('2026-01-15T12:00:00Z')
  it.each<[string, LiveEvent, readonly string[]]>([
    ['new messages', { type: 'messages', accountId: 'b' }, ['b']],
    [
      'the end of a pass, which may have brought what was not announced',
      { type: 'account', account: { ...second, lastSyncedAt: later } },
      ['b'],
    ],
    ['an account that is new', { type: 'account', account: makeAccount({ id: 'c' }) }, ['c']],
    ['an account with another name', { type: 'account', account: { ...second, name: 'Support' } }, []],
    ['a snapshot after a broken connection: all', { type: 'snapshot', accounts: [first, second], progress: [] }, ['a', 'b']],
    ['progress', { type: 'progress', progress }, []],
    ['an account that is gone', { type: 'removed', accountId: 'b' }, []],
  ])('by %s', (_what, event, changed) => {
    expect(listChangedMail(state.accounts, event)).toEqual(changed)
  })

  it('by nothing at first: what is on screen was read a moment ago', () => {
    expect(listChangedMail(null, { type: 'snapshot', accounts: [first, second], progress: [] })).toEqual([])
  })
})

describe('upsertAccount', () => {
  it('puts a new account at the end', () => {
    expect(upsertAccount([first], second)).toEqual([first, second])
  })

  it('leaves one default only', () => {
    const promoted = { ...second, isDefault: true }
    expect(upsertAccount([first, second], promoted)).toEqual([{ ...first, isDefault: false }, promoted])
  })
})
