import type { Uuid } from '@maildock/core'
import type { LiveSignal } from '@maildock/db'

/** What changed since the last look: each account once, however many notices there were. */
export interface LiveChanges {
  readonly accounts: ReadonlySet<Uuid>
  readonly progress: ReadonlySet<Uuid>
  readonly messages: ReadonlySet<Uuid>
  /** Sessions of the user changed: this one may be over. */
  readonly session: boolean
  /** Notices may have been missed: everything is to be read anew. */
  readonly resync: boolean
}

/** Collects notices between two looks. Bounded by the number of accounts, not by the number of notices. */
export interface ChangeQueue {
  readonly add: (signal: LiveSignal) => void
  /** True when something waits. */
  readonly pending: boolean
  /** Takes what has collected. */
  readonly take: () => LiveChanges
}

export function createChangeQueue(onChange: () => void): ChangeQueue {
  let changes = emptyChanges()
  return {
    add: (signal) => {
      collect(changes, signal)
      onChange()
    },
    get pending() {
      return changes.session || changes.resync || changes.accounts.size + changes.progress.size + changes.messages.size > 0
    },
    take: () => {
      const taken = changes
      changes = emptyChanges()
      return taken
    },
  }
}

interface CollectedChanges {
  readonly accounts: Set<Uuid>
  readonly progress: Set<Uuid>
  readonly messages: Set<Uuid>
  session: boolean
  resync: boolean
}

function emptyChanges(): CollectedChanges {
  return { accounts: new Set(), progress: new Set(), messages: new Set(), session: false, resync: false }
}

function collect(changes: CollectedChanges, signal: LiveSignal): void {
  switch (signal.kind) {
    case 'resync':
      changes.resync = true
      return
    case 'session':
      changes.session = true
      return
    case 'account':
      addTo(changes.accounts, signal.accountId)
      return
    case 'progress':
      addTo(changes.progress, signal.accountId)
      return
    case 'messages':
      addTo(changes.messages, signal.accountId)
      return
    default:
      signal satisfies never
  }
}

function addTo(ids: Set<Uuid>, id: Uuid | undefined): void {
  if (id !== undefined) ids.add(id)
}
