import type { Uuid } from '@maildock/core'

/** Names a submission. */
export interface SubmissionRef {
  readonly accountId: Uuid
  readonly id: Uuid
}
