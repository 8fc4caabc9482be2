import type { Logger, Uuid } from '@maildock/core'
import { inTransaction } from '@maildock/db'
import { decodeSource, readDeliveryReport, type DeliveryReport } from '@maildock/mail'
import type { Pool, PoolClient } from 'pg'
import { parseEnvelopeId } from './envelope-id.ts'
import { planReport, type RecipientChange, type ReportedOn } from './plan-report.ts'
import { addStep } from './store/claim-store.ts'
import { dropReport, findReportSource, takeReport, type UnreadReport } from './store/report-store.ts'
import { suppress } from './store/suppression-store.ts'

/** Reports read in one turn. */
const CHUNK = 100

/**
 * Reads the reports that wait and ties each to the submission it is of (docs/adr/0027); to be called again and again. Each has its effect once, together
 * with its end in the queue. Safe to run in every process at once. One that cannot be read for a fault of ours is tried again later. @returns how many were tied
 */
export async function readReports(pool: Pool, logger: Logger): Promise<number> {
  let tied = 0
  for (let count = 0; count < CHUNK; count += 1) {
    const report = await takeReport(pool)
    if (report === null) {
      break
    }
    try {
      tied += (await readReport(pool, report)) ? 1 : 0
    } catch (error) {
      logger.warn(
        { messageId: report.messageId, error: error instanceof Error ? error.name : 'unknown' },
        'A report on a message that was sent could not be read; it is tried again.',
      )
    }
  }
  return tied
}

async function readReport(pool: Pool, unread: UnreadReport): Promise<boolean> {
  const source = await findReportSource(pool, unread)
  const report = source === null ? null : readDeliveryReport(decodeSource(source.raw, source.encoding))
  return inTransaction(pool, async (client) => {
    const submission = report === null ? null : await lockReported(client, unread.accountId, report)
    if (report !== null && submission?.status === 'sending') {
      // An attempt is under way: it is due again when that is over.
      return false
    }
    await dropReport(client, unread)
    return report !== null && submission !== null && (await applyReport(client, submission, report))
  })
}

interface ReportedSubmission {
  readonly accountId: Uuid
  readonly id: Uuid
  readonly userId: Uuid
  readonly status: string
}

/** The submission of this account that has one of the identifiers. They are random: only who was sent the message, or carried it, knows them. */
async function lockReported(client: PoolClient, accountId: Uuid, report: DeliveryReport): Promise<ReportedSubmission | null> {
  const { originalMessageIds } = report
  const named = originalMessageIds.length === 0 ? null : await lockByMessageId(client, accountId, originalMessageIds)
  const envelopeId = report.kind === 'dsn' && report.envelopeId !== null ? parseEnvelopeId(report.envelopeId) : null
  return named ?? (envelopeId === null ? null : lockById(client, accountId, envelopeId))
}

const REPORTED = 'SELECT account_id AS "accountId", id, user_id AS "userId", status FROM submission'

async function lockByMessageId(client: PoolClient, accountId: Uuid, messageIds: readonly string[]): Promise<ReportedSubmission | null> {
  const { rows } = await client.query<ReportedSubmission>(
    `${REPORTED} WHERE account_id = $1::uuid AND message_id_header = ANY($2::text[]) AND NOT sandbox
     ORDER BY array_position($2::text[], message_id_header) LIMIT 1 FOR NO KEY UPDATE`,
    [accountId, messageIds],
  )
  return rows[0] ?? null
}

/** A report that carries nothing of the message names its envelope, where the servers pass it on. */
async function lockById(client: PoolClient, accountId: Uuid, id: Uuid): Promise<ReportedSubmission | null> {
  const { rows } = await client.query<ReportedSubmission>(
    `${REPORTED} WHERE account_id = $1::uuid AND id = $2::uuid AND NOT sandbox FOR NO KEY UPDATE`,
    [accountId, id],
  )
  return rows[0] ?? null
}

async function applyReport(client: PoolClient, submission: ReportedSubmission, report: DeliveryReport): Promise<boolean> {
  const { accountId, id, userId } = submission
  const { rows } = await client.query<ReportedOn>(
    'SELECT address, status FROM submission_recipient WHERE account_id = $1::uuid AND submission_id = $2::uuid ORDER BY position',
    [accountId, id],
  )
  const changes = planReport(report, rows)
  for (const change of changes) {
    await writeChange(client, submission, change)
  }
  await suppress(
    client,
    userId,
    changes.flatMap(({ address, suppressAs, response }) =>
      suppressAs === null ? [] : [{ address, reason: suppressAs, submissionId: id, detail: response }],
    ),
  )
  return changes.length > 0
}

const STEP_CODES = { bounced: 'smtp.recipient_bounced', complained: 'smtp.recipient_complained' } as const

async function writeChange(client: PoolClient, { accountId, id, status }: ReportedSubmission, change: RecipientChange): Promise<void> {
  const { address, replyCode, enhancedStatus, response } = change
  await client.query(
    `UPDATE submission_recipient SET status = $4::text, reply_code = $5::int, enhanced_status = $6::text, response = $7::text
     WHERE account_id = $1::uuid AND submission_id = $2::uuid AND address = $3::text`,
    [accountId, id, address, change.status, replyCode, enhancedStatus, response],
  )
  // What became of the submission stays: it was taken, and has come back from some.
  const words = response === null ? address : `${address}: ${response}`
  await addStep(client, { accountId, id }, { status, code: STEP_CODES[change.status], response: words })
}
