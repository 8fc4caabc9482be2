import type { ExtraHeader } from './extra-headers.ts'

/** Somebody a message is from or for. `address` is a mailbox (RFC 5321 section 4.1.2) in any script, `name` text for people. */
export interface DraftMailbox {
  readonly address: string
  readonly name?: string | undefined
}

export interface DraftAttachment {
  /** For people. Line breaks, control characters and path separators do not survive. */
  readonly filename: string
  readonly content: Uint8Array
  /** Default: by the extension of the filename. */
  readonly contentType?: string | undefined
  /** Without angle brackets: the HTML shows it as `cid:…` (RFC 2392). */
  readonly contentId?: string | undefined
}

/** What somebody wants to send. The same draft makes the same octets. */
export interface MessageDraft {
  /** With its angle brackets; of createMessageId. */
  readonly messageIdHeader: string
  readonly date: Date
  readonly from: DraftMailbox
  readonly to: readonly DraftMailbox[]
  readonly cc: readonly DraftMailbox[]
  /** In the envelope only. */
  readonly bcc: readonly DraftMailbox[]
  readonly replyTo?: DraftMailbox | undefined
  readonly subject: string
  readonly text?: string | undefined
  readonly html?: string | undefined
  readonly attachments: readonly DraftAttachment[]
  /** Of parseExtraHeaders. */
  readonly headers: readonly ExtraHeader[]
  /** With angle brackets. These come from foreign messages: what is no message id is left out. */
  readonly inReplyTo?: string | undefined
  readonly references: readonly string[]
}

/** A message and its envelope, ready to be handed over. */
export interface ComposedMessage {
  /** RFC 5322, lines of at most 998 octets ended by CRLF, no NUL. Not dot-stuffed. */
  readonly source: Buffer
  /** Domains are A-labels in lower case. */
  readonly reversePath: string
  /** Unique, in the order of to, cc, bcc. */
  readonly forwardPaths: readonly string[]
  /** An address has letters outside ASCII before its @ (RFC 6531). */
  readonly needsSmtputf8: boolean
  /** Octets above 127 are in the source (RFC 6152). */
  readonly needs8bit: boolean
  /** What reports on it name it by, where the servers can (RFC 3461 section 4.4). Letters and digits. */
  readonly envelopeId?: string | undefined
}

/** Where a draft cannot be made a message. */
export type DraftField =
  | 'messageIdHeader'
  | 'date'
  | 'from'
  | 'to'
  | 'cc'
  | 'bcc'
  | 'replyTo'
  | 'headers'
  | 'attachments.contentId'
  | 'recipients'

/** A draft that was not validated as it should have been. Its message names the field and carries nothing of its content. */
export class InvalidDraft extends Error {
  override readonly name = 'InvalidDraft'
  readonly field: DraftField

  constructor(field: DraftField, problem: string) {
    super(`${field}: ${problem}`)
    this.field = field
  }
}
