import type { MailFault } from '../mail-fault.ts'

/**
 * How far a message came. limits: nothing was said, the server had announced that it cannot take it. content: octets of the message were on their
 * way, the final dot was not. data_end: the final dot may have left us.
 */
export const DELIVERY_STAGES = ['limits', 'mail', 'rcpt', 'data', 'content', 'data_end'] as const
export type DeliveryStage = (typeof DELIVERY_STAGES)[number]

/** What the server said. `response` is one clean line of at most 200 characters without the password. Public. */
export interface ServerReply {
  readonly replyCode: number
  /** RFC 3463. */
  readonly enhancedStatus: string | null
  readonly response: string | null
}

/** What became of the message for one recipient. `reply` is null when the server said nothing about it. */
export interface RecipientOutcome {
  /** As in the forward paths. */
  readonly address: string
  readonly outcome: 'accepted' | 'refused' | 'deferred' | 'unknown'
  readonly reply: ServerReply | null
}

/** Why a message will never be taken as it is. */
export type RefusalCode = 'smtp.message_refused' | 'smtp.recipient_refused' | 'smtp.smtputf8_unsupported' | 'smtp.authentication_failed'
/** Why it may be taken later. */
export type DeferralCode = 'upstream.unavailable' | 'upstream.rate_limited' | 'host.timeout'

interface Outcome {
  /** One for each forward path, in their order. */
  readonly recipients: readonly RecipientOutcome[]
}

/** The server has the message, for the recipients it accepted: there is at least one. */
export interface Accepted extends Outcome {
  readonly outcome: 'accepted'
  readonly reply: ServerReply
  /** Said of the recipients that were put off: the account sends too much. */
  readonly limitsAccount: boolean
}

/** The server does not have the message and will not take it. */
export interface Refused extends Outcome {
  readonly outcome: 'refused'
  readonly stage: DeliveryStage
  readonly code: RefusalCode
  /** The message is larger than the server takes. */
  readonly tooLarge: boolean
  readonly reply: ServerReply | null
}

/** The server does not have the message: it may be tried again, for the recipients that are `deferred`. */
export interface Deferred extends Outcome {
  readonly outcome: 'deferred'
  readonly stage: Exclude<DeliveryStage, 'limits'>
  readonly code: DeferralCode
  readonly reply: ServerReply | null
  /** How long the server asked us to stay away. */
  readonly retryAfterMs: number | null
  /** The account sends too much; another message would fare no better. */
  readonly limitsAccount: boolean
  /** What broke, where it was no reply. For the log. */
  readonly fault: MailFault | null
}

/** The server may have the message. Never to be sent again by itself. */
export interface Unknown extends Outcome {
  readonly outcome: 'unknown'
  readonly stage: 'data_end'
  readonly fault: MailFault
}

export type DeliveryOutcome = Accepted | Refused | Deferred | Unknown
