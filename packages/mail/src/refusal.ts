/** What a server said no with, as the protocol has it. Facts only: what they mean is decided by classifyRefusal. */
export interface RefusalFacts {
  /** IMAP: NO, BAD or BYE (RFC 9051 section 7.1). SMTP: the reply code tells. */
  readonly responseStatus?: 'NO' | 'BAD' | 'BYE' | undefined
  /** IMAP response code in upper case (RFC 5530). */
  readonly responseCode?: string | undefined
  /** SMTP reply code (RFC 5321 section 4.2). */
  readonly replyCode?: number | undefined
  /** SMTP enhanced status code (RFC 3463). */
  readonly enhancedStatus?: string | undefined
  /** The human-readable rest. Not cleaned yet. */
  readonly text: string
}

/** A server refused what we asked for. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal'
  readonly facts: RefusalFacts

  constructor(facts: RefusalFacts) {
    super(facts.responseStatus ?? String(facts.replyCode ?? 'refused'))
    this.facts = facts
  }
}

/** The server offers no way of signing in with a user name and a password. */
export class NoPasswordLogin extends Error {
  override readonly name = 'NoPasswordLogin'
}

/** The server would not start TLS. Nothing secret was sent. */
export class TlsNotOffered extends Error {
  override readonly name = 'TlsNotOffered'
}
