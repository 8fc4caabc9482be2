import type { Uuid } from '@maildock/core'

/** The right to write what an account's sync writes. `token` is the fence: of two leases of one account the higher is the valid one. */
export interface Lease {
  readonly accountId: Uuid
  readonly holder: string
  readonly token: bigint
}

/** The lease was taken over, or the account was disconnected: nothing may be written any more. Stop the pass; it is no failure. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
  readonly accountId: Uuid
  readonly reason: 'taken_over' | 'disconnected'

  constructor(lease: Lease, reason: 'taken_over' | 'disconnected') {
    super(reason === 'taken_over' ? 'Another worker holds the lease of this account.' : 'The account was disconnected.')
    this.accountId = lease.accountId
    this.reason = reason
  }
}
