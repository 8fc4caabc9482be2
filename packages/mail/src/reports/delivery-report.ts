/** What a server did with a message for one recipient (RFC 3464 section 2.3.3). */
export const REPORTED_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
export type ReportedAction = (typeof REPORTED_ACTIONS)[number]

/** One recipient of a delivery status notification. All text is storable; nothing in it is to be believed. */
export interface ReportedRecipient {
  /** Whom the reporting server tried; null where it names the original one alone. */
  readonly finalRecipient: string | null
  /** Whom the sender named, where the server was told. */
  readonly originalRecipient: string | null
  readonly action: ReportedAction
  /** Enhanced status (RFC 3463), as `5.1.1`. */
  readonly status: string | null
  /** One clean line of at most 500 characters. */
  readonly diagnostic: string | null
  readonly remoteMta: string | null
}

interface ReportOrigin {
  /** Identifiers, with their angle brackets, that may be the original message's: the likeliest first, at most 20. */
  readonly originalMessageIds: readonly string[]
}

/** Mail did not arrive, or not yet, or did (RFC 3464, 6533, and what programs wrote before). */
export interface StatusReport extends ReportOrigin {
  readonly kind: 'dsn'
  readonly recipients: readonly ReportedRecipient[]
  /** What the sender gave as ENVID (RFC 3461 section 4.4). */
  readonly envelopeId: string | null
}

/** A reader complained (RFC 5965). */
export interface ComplaintReport extends ReportOrigin {
  readonly kind: 'complaint'
  /** In lower case: `abuse`, `not-spam`, … */
  readonly feedbackType: string
  /** Often left out or made unreadable by who reports. */
  readonly originalRecipients: readonly string[]
}

export type DeliveryReport = StatusReport | ComplaintReport

/** Bounds on what is read of a report. */
export const REPORT_LIMITS = {
  /** From the beginning of the source: reports say what they have to say before the copy of the message ends. */
  sourceOctets: 2_097_152,
  /** Of the machine-readable part. */
  statusOctets: 262_144,
  /** Of the text of a report that has no such part. */
  textCharacters: 65_536,
  lines: 2_000,
  lineCharacters: 1_000,
  recipients: 200,
  messageIds: 20,
  addressCharacters: 320,
  diagnosticCharacters: 500,
} as const
