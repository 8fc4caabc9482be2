import { isErrorCode, type ErrorCode, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { ClosedGate } from '../deliver.ts'

/** Logins with refused credentials: now, after a minute, after a quarter of an hour, then one an hour (faults, invariant R). */
const PAUSES_MINUTES: readonly number[] = [1, 15, 60]

interface GateRow {
  readonly code: string
  readonly response: string | null
  readonly not_before: Date
}

/** Who tries after a refusal tries for all: the others wait so long for what comes of it. */
const TRIAL = "interval '1 minute'"

/**
 * Asks whether one may sign in. After a refusal whose pause is over one may, and no other until it is known what came of it.
 * @returns null: one may
 */
export async function enterGate(executor: SqlExecutor, accountId: Uuid, revision: number): Promise<ClosedGate | null> {
  const { rows } = await executor.query(
    `SELECT code, response, not_before FROM send_gate WHERE account_id = $1::uuid AND revision = $2::int`,
    [accountId, revision],
  )
  const [row] = rows as GateRow[]
  if (row === undefined) {
    return null
  }
  const { rows: entered } = await executor.query(
    `UPDATE send_gate SET trying = true, not_before = clock_timestamp() + ${TRIAL}
     WHERE account_id = $1::uuid AND revision = $2::int AND not_before <= clock_timestamp() RETURNING 1 AS entered`,
    [accountId, revision],
  )
  if (entered.length > 0) {
    return null
  }
  return { code: isErrorCode(row.code) ? row.code : 'smtp.authentication_failed', response: row.response, notBefore: row.not_before }
}

export interface LoginRefusal {
  readonly accountId: Uuid
  readonly revision: number
  readonly code: ErrorCode
  readonly response: string | null
}

/**
 * Counts a refused login and closes the gate for longer each time. Several refused at once count once. Credentials that were changed begin anew, and what
 * was tried with older ones says nothing.
 */
export async function closeGate(executor: SqlExecutor, { accountId, revision, code, response }: LoginRefusal): Promise<void> {
  await executor.query(
    `INSERT INTO send_gate AS gate (account_id, revision, refusals, code, response, not_before)
     VALUES ($1::uuid, $2::int, 1, $3::text, $4::text, clock_timestamp() + ($5::int[])[1] * interval '1 minute')
     ON CONFLICT (account_id) DO UPDATE SET revision = excluded.revision, code = excluded.code, response = excluded.response, trying = false,
       refusals = CASE WHEN gate.revision = excluded.revision THEN gate.refusals + 1 ELSE 1 END,
       not_before = clock_timestamp() + interval '1 minute'
         * ($5::int[])[least(CASE WHEN gate.revision = excluded.revision THEN gate.refusals + 1 ELSE 1 END, cardinality($5::int[]))]
     WHERE gate.revision < excluded.revision
       OR gate.revision = excluded.revision AND (gate.trying OR gate.not_before <= clock_timestamp())`,
    [accountId, revision, code, response, PAUSES_MINUTES],
  )
}

/** A login that was taken proves the refusals wrong, but not those of newer credentials. */
export async function openGate(executor: SqlExecutor, accountId: Uuid, revision: number): Promise<void> {
  await executor.query('DELETE FROM send_gate WHERE account_id = $1::uuid AND revision <= $2::int', [accountId, revision])
}
