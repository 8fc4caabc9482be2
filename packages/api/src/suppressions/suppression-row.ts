import type { Suppression, SuppressionReason, Uuid } from '@maildock/core'
import { toMessageRef } from '../send/message-ref.ts'

/** The columns a Suppression is made of. */
export const SUPPRESSION_COLUMNS = 'id, address, reason, submission_id, detail, created_at'

/** A row of `suppression` with SUPPRESSION_COLUMNS. */
export interface SuppressionRow {
  readonly id: Uuid
  readonly address: string
  readonly reason: SuppressionReason
  readonly submission_id: Uuid | null
  readonly detail: string | null
  readonly created_at: Date
}

export function toSuppression(row: SuppressionRow): Suppression {
  return {
    email: row.address,
    reason: row.reason,
    messageId: row.submission_id === null ? null : toMessageRef({ id: row.submission_id, sandbox: false }),
    detail: row.detail,
    createdAt: row.created_at,
  }
}
