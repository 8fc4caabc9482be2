import { expect, it } from 'vitest'
import { makeAccount } from '../../test/fixture/account.ts'
import { describeSyncState } from './sync-state.ts'

const now = new Date('2026-01-15T11:02:00Z')
const syncError = { code: 'host.timeout', message: 'No answer.', since: now, nextAttemptAt: null }

it.each([
  [{ syncStatus: 'pending' }, 'waiting', 'Waiting to start'],
  [{ syncStatus: 'syncing' }, 'busy', 'Syncing'],
  [{ syncStatus: 'synced' }, 'good', 'Synced 2 min ago'],
  [{ syncStatus: 'synced', lastSyncedAt: null }, 'good', 'Synced'],
  [{ syncStatus: 'synced', syncError }, 'warn', 'Retrying'],
  [{ syncStatus: 'error', syncError }, 'bad', 'Needs attention'],
] as const)('%o is %s: %s', (changes, tone, label) => {
  expect(describeSyncState(makeAccount(changes), now)).toEqual({ tone, label })
})
