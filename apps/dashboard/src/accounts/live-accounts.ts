import type { Account, LiveEvent, SyncProgress } from '@maildock/client'

/** What the subscription has told so far. */
export interface LiveAccounts {
  readonly accounts: readonly Account[]
  readonly progress: ReadonlyMap<string, SyncProgress>
}

/**
 * The state after one event. Events carry whole accounts, so applying one twice changes nothing. Accounts keep their
 * order; a new one goes to the end, where the list of the server has it too.
 */
export function applyLiveEvent(state: LiveAccounts, event: LiveEvent): LiveAccounts {
  switch (event.type) {
    case 'snapshot':
      return { accounts: event.accounts, progress: new Map(event.progress.map((entry) => [entry.accountId, entry])) }
    case 'account':
      return { ...state, accounts: upsertAccount(state.accounts, event.account) }
    case 'removed': {
      const progress = new Map(state.progress)
      progress.delete(event.accountId)
      return { accounts: state.accounts.filter((account) => account.id !== event.accountId), progress }
    }
    case 'progress':
      return { ...state, progress: new Map(state.progress).set(event.progress.accountId, event.progress) }
    case 'messages':
      return state
    default:
      return event satisfies never
  }
}

/**
 * The accounts whose mail an event lets one expect to have changed. Not every message is announced while many come at once; the end of a pass is,
 * by its account. A snapshot after others stands for everything that was missed.
 * @param told the accounts as events have told them before; null: this is the first event
 */
export function listChangedMail(told: readonly Account[] | null, event: LiveEvent): readonly string[] {
  switch (event.type) {
    case 'snapshot':
      return told === null ? [] : event.accounts.map(({ id }) => id)
    case 'account': {
      const before = told?.find(({ id }) => id === event.account.id)
      return before?.lastSyncedAt?.getTime() === event.account.lastSyncedAt?.getTime() ? [] : [event.account.id]
    }
    case 'messages':
      return [event.accountId]
    case 'removed':
    case 'progress':
      return []
    default:
      return event satisfies never
  }
}

/** Puts an account in its place. One default only: what an account that became it replaces is no longer it. */
export function upsertAccount(accounts: readonly Account[], changed: Account): readonly Account[] {
  const others = changed.isDefault
    ? accounts.map((account) => (account.id !== changed.id && account.isDefault ? { ...account, isDefault: false } : account))
    : accounts
  return others.some((account) => account.id === changed.id)
    ? others.map((account) => (account.id === changed.id ? changed : account))
    : [...others, changed]
}
