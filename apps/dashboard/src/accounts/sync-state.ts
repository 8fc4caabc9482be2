import type { Account } from '@maildock/client'
import { describeAge } from '../ui/relative-date.ts'

export type SyncTone = 'good' | 'busy' | 'waiting' | 'warn' | 'bad'

export interface SyncState {
  readonly tone: SyncTone
  readonly label: string
}

/** The state of an account in a word or two. A transient failure that is being retried shows, but does not shout. */
export function describeSyncState(account: Account, now: Date): SyncState {
  switch (account.syncStatus) {
    case 'pending':
      return { tone: 'waiting', label: 'Waiting to start' }
    case 'syncing':
      return { tone: 'busy', label: 'Syncing' }
    case 'synced':
      return account.syncError === null
        ? { tone: 'good', label: account.lastSyncedAt === null ? 'Synced' : `Synced ${describeAge(account.lastSyncedAt, now)}` }
        : { tone: 'warn', label: 'Retrying' }
    case 'error':
      return { tone: 'bad', label: 'Needs attention' }
    default:
      return account.syncStatus satisfies never
  }
}
