import type { SyncProgress } from '@maildock/client'

export interface Troubles {
  readonly title: string
  readonly lines: readonly { readonly path: string; readonly message: string; readonly code: string }[]
}

/** A list longer than this is no help to anybody. */
const MAX_LINES = 3

/** The mailboxes that cannot be read, the first few by name, in the order of the sync. */
export function listTroubles(progress: SyncProgress | undefined): Troubles {
  const all = (progress?.mailboxes ?? []).flatMap(({ path, syncError }) =>
    syncError === null ? [] : [{ path, message: syncError.message, code: syncError.code }],
  )
  return { title: titleOf(all.length), lines: all.slice(0, MAX_LINES) }
}

function titleOf(count: number): string {
  if (count === 1) return 'One mailbox cannot be read'
  return count > MAX_LINES ? `${count} mailboxes cannot be read, among them` : `${count} mailboxes cannot be read`
}
