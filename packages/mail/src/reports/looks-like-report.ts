import type { Correspondent } from '@maildock/core'

/** What is known of a message once it was read for storing. */
export interface ReportCandidate {
  readonly from: readonly Correspondent[]
  readonly attachments: readonly { readonly contentType: string }[]
}

const REPORT_PARTS: ReadonlySet<string> = new Set(['message/delivery-status', 'message/global-delivery-status', 'message/feedback-report'])
/** Who writes reports without a part for machines. Exchange has a name of its own in each organisation. */
const DAEMON = /^(?:mailer-daemon|postmaster|mail-daemon|microsoftexchange[0-9a-f]{32})@/iu

/** Whether it is worth reading a message for what it reports. Cheap: nothing is read again. */
export function looksLikeReport({ from, attachments }: ReportCandidate): boolean {
  return attachments.some(({ contentType }) => REPORT_PARTS.has(contentType)) || DAEMON.test(from[0]?.address ?? '')
}
