import type { RecipientStatus, SubmissionStatus } from '@maildock/core'

interface ClaimedStateRow {
  readonly status: Extract<SubmissionStatus, 'sending' | 'unknown'>
  readonly attempts: number
  readonly dueAt: Date
  readonly now: Date
  readonly recipients: readonly { readonly address: string; readonly status: RecipientStatus }[]
}

/** How a claimed submission stands: what its next step is planned by. */
export interface ClaimedState extends Omit<ClaimedStateRow, 'now'> {
  /** What the database's clock shows. */
  now(): Date
}

/** Of a row of `submission`, named so. */
export const CLAIMED_STATE_COLUMNS = `status, attempts, greatest(scheduled_at, created_at, retried_at) AS "dueAt", clock_timestamp() AS now,
  (SELECT json_agg(json_build_object('address', address, 'status', named.status) ORDER BY position) FROM submission_recipient AS named
   WHERE named.account_id = submission.account_id AND named.submission_id = submission.id) AS recipients`

/** The first of the rows, if there is one. */
export function readClaimedState(rows: readonly unknown[]): ClaimedState | null {
  const [row] = rows as ClaimedStateRow[]
  const readAtMs = performance.now()
  return row === undefined ? null : { ...row, now: () => new Date(row.now.getTime() + performance.now() - readAtMs) }
}
