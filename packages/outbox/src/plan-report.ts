import type { RecipientStatus } from '@maildock/core'
import { findReplyCode, judgeBounce, type ComplaintReport, type DeliveryReport, type StatusReport } from '@maildock/mail'
import { toSuppressionKey } from './suppression-key.ts'

export interface ReportedOn {
  readonly address: string
  readonly status: RecipientStatus
}

/** What a report changes for one recipient. */
export interface RecipientChange {
  /** As the submission has it. */
  readonly address: string
  readonly status: Extract<RecipientStatus, 'bounced' | 'complained'>
  /** Why it is not to be written to again. Null: it may be. */
  readonly suppressAs: 'bounce' | 'complaint' | null
  readonly replyCode: number | null
  readonly enhancedStatus: string | null
  readonly response: string | null
}

/** Complaints that mean the address: a message that is no spam, or failed a check, is no reason to stop. */
const UNWANTED: ReadonlySet<string> = new Set(['abuse', 'fraud', 'opt-out', 'opt-out-list'])

/**
 * What a report means for a submission it was tied to. Pure. Whom the submission did not have as a recipient is passed by, and so is a recipient whose fate
 * is known: the same report, read again, changes nothing.
 */
export function planReport(report: DeliveryReport, recipients: readonly ReportedOn[]): readonly RecipientChange[] {
  const open = recipients.filter(({ status }) => status === 'accepted' || status === 'unknown')
  const byKey = new Map(open.map(({ address }) => [toSuppressionKey(address), address]))
  const changes = report.kind === 'dsn' ? planBounces(report, byKey) : planComplaint(report, byKey, recipients)
  return [...new Map(changes.map((change) => [change.address, change])).values()]
}

function planBounces({ recipients }: StatusReport, byKey: ReadonlyMap<string, string>): readonly RecipientChange[] {
  return recipients.flatMap((told): RecipientChange[] => {
    const [original, final] = [told.originalRecipient, told.finalRecipient].map((name) =>
      name === null ? undefined : byKey.get(toSuppressionKey(name)),
    )
    const address = original ?? final
    if (address === undefined || told.action !== 'failed') {
      return []
    }
    const { status, diagnostic } = told
    return [
      {
        address,
        status: 'bounced',
        suppressAs: judgeBounce({ status, diagnostic }) === 'hard' ? 'bounce' : null,
        replyCode: findReplyCode(diagnostic ?? ''),
        enhancedStatus: status,
        response: diagnostic,
      },
    ]
  })
}

/** Who reports often hides who complained. Of a message to one recipient it is known. */
function planComplaint(
  { feedbackType, originalRecipients }: ComplaintReport,
  byKey: ReadonlyMap<string, string>,
  recipients: readonly ReportedOn[],
): readonly RecipientChange[] {
  if (!UNWANTED.has(feedbackType)) {
    return []
  }
  const named = originalRecipients.flatMap((name) => byKey.get(toSuppressionKey(name)) ?? [])
  const meant = named.length > 0 || recipients.length !== 1 ? named : [...byKey.values()]
  const words = { replyCode: null, enhancedStatus: null, response: feedbackType.slice(0, 100) } as const
  return meant.map((address) => ({ ...words, address, status: 'complained', suppressAs: 'complaint' }))
}
