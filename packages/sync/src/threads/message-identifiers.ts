import { hash } from 'node:crypto'
import type { Uuid } from '@maildock/core'

/** What ties a message to others, hashed: 16 octets however long the identifier is, in the form of a UUID. */
export interface MessageIdentifiers {
  /** Its own. Of a message without a usable Message-ID: one that nobody mentions. */
  readonly own: string
  /** Of the messages it answers, nearest first, each once, without its own. */
  readonly mentioned: readonly string[]
}

export interface IdentifiedMessage {
  readonly id: Uuid
  readonly messageIdHeader: string | null
  readonly inReplyTo: string | null
  readonly references: readonly string[]
}

/** More than a mail program keeps. The nearest ones tell the most. */
const MAX_MENTIONED = 100

/**
 * Reads which identifiers a message has and mentions: In-Reply-To, then References from its end (RFC 5322 section 3.6.4). What is no
 * identifier ("<undefined>", "<@>") ties nothing together and is left out.
 */
export function readIdentifiers(message: IdentifiedMessage): MessageIdentifiers {
  const header = message.messageIdHeader === null ? null : normalizeIdentifier(message.messageIdHeader)
  const mentioned = new Set<string>()
  const last = message.references.slice(-MAX_MENTIONED).toReversed()
  for (const written of message.inReplyTo === null ? last : [message.inReplyTo, ...last]) {
    const identifier = normalizeIdentifier(written)
    if (identifier !== null && identifier !== header) {
      mentioned.add(identifier)
    }
  }
  const own = header === null ? nameWithoutHeader(message.id) : hashIdentifier(header)
  return { own, mentioned: Array.from(mentioned, hashIdentifier) }
}

/** The identifier of a message that has none, or whose header could not be read, hashed. Without brackets: no header can name it. */
export function nameWithoutHeader(id: Uuid): string {
  return hashIdentifier(`message ${id}`)
}

/**
 * One form for spellings that mean the same (RFC 5256 section 3, REFERENCES): a quoted local part that needs no quotes is without them.
 * Upper and lower case differ. Null: not an identifier, which has something on both sides of an "@".
 */
export function normalizeIdentifier(written: string): string | null {
  const { left = '', right = '' } = MESSAGE_ID.exec(written)?.groups ?? {}
  const local = left.startsWith('"') && left.endsWith('"') ? left.slice(1, -1).replace(/\\(.)/gsu, '$1') : left
  return local === '' || right === '' ? null : `<${local}@${right}>`
}

const MESSAGE_ID = /^<(?<left>.+)@(?<right>[^@]+)>$/su

/** The hash under which text is looked up, as a UUID: the type PostgreSQL keeps 16 octets in. */
export function hashIdentifier(text: string): string {
  const hex = hash('sha256', text, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
