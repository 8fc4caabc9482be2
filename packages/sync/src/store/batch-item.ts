import type { BodyState, Uuid } from '@maildock/core'
import type { MessageAttributes, ParsedHeader, PreparedMessage, RawEncoding } from '@maildock/mail'

/** A message whose header alone is known: enough to list it. */
export interface ListedMessage {
  readonly headerSha256: Uint8Array
  /** Null: could not be read. */
  readonly header: ParsedHeader | null
  /** Its source may tell better what it says. */
  readonly isGuess?: boolean
}

/** A message with what came of its source. */
export interface StorableMessage {
  /** Names the source. Of a message whose source is not stored: something that names it as well as can be. */
  readonly rawSha256: Uint8Array
  /** Names the header block. Null: not known. */
  readonly headerSha256: Uint8Array | null
  readonly bodyState: Exclude<BodyState, 'pending'>
  /** Null: could not be read. */
  readonly header: ParsedHeader | null
  /** Null unless the whole message was read. */
  readonly content: Pick<PreparedMessage, 'text' | 'html' | 'snippet' | 'attachments' | 'hasAttachments'> | null
  /** Null: not stored. */
  readonly raw: { readonly octets: Uint8Array; readonly encoding: RawEncoding } | null
  /** The words to find it by, as PostgreSQL receives a tsvector. */
  readonly terms: Uint8Array | null
}

/** A message the server has in a mailbox: known by its id, listed by its header, or with its source. */
export interface BatchItem {
  readonly attributes: MessageAttributes
  readonly message: { readonly knownId: Uuid } | { readonly listed: ListedMessage } | { readonly stored: StorableMessage }
}

/** The same message with nothing but its source, or its header's name: what is left when its row was refused (faults E16); null when it is that already. */
export function withoutContent({ attributes, message }: BatchItem): BatchItem | null {
  if ('listed' in message && message.listed.header !== null) {
    return { attributes, message: { listed: { ...message.listed, header: null } } }
  }
  if ('stored' in message && (message.stored.header !== null || message.stored.terms !== null)) {
    const bodyState = message.stored.raw === null ? message.stored.bodyState : 'unparsable'
    return { attributes, message: { stored: { ...message.stored, bodyState, header: null, content: null, terms: null } } }
  }
  return null
}
