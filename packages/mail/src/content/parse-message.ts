import { toDisplayLine, toStorableText, type Correspondent } from '@maildock/core'
import { collapseBlanks } from './collapse-blanks.ts'
import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeTransfer } from './decode-transfer.ts'
import { decodeEncodedWords } from './encoded-words.ts'
import { htmlToText } from './html-to-text.ts'
import { markInline } from './mark-inline.ts'
import { parseAddresses } from './parse-addresses.ts'
import { parseDate } from './parse-date.ts'
import { findHeader, joinHeaders, parseHeaderBlock, type HeaderField } from './parse-header-block.ts'
import { scanStructure, type MimeStructure } from './scan-structure.ts'
import { selectContent, type ParsedAttachment, type SelectedContent } from './select-content.ts'

/** What a message says in its header. All text is storable: well formed, without U+0000. */
export interface ParsedHeader {
  readonly subject: string
  readonly from: readonly Correspondent[]
  readonly to: readonly Correspondent[]
  readonly cc: readonly Correspondent[]
  readonly bcc: readonly Correspondent[]
  readonly replyTo: readonly Correspondent[]
  readonly sentAt: Date | null
  /** With its angle brackets, as the other identifiers are. */
  readonly messageIdHeader: string | null
  readonly inReplyTo: string | null
  readonly references: readonly string[]
}

export interface ParsedMessage extends ParsedHeader {
  /** What a person reads: the plain text, or the text of the HTML where there is no other. */
  readonly text: string | null
  readonly html: string | null
  /** One line of at most 200 characters. */
  readonly snippet: string
  readonly attachments: readonly ParsedAttachment[]
  /** Something is listed below the text: images within the HTML do not count. */
  readonly hasAttachments: boolean
  /** False when the message is more complicated than CONTENT_LIMITS allow: there is more in the raw source. */
  readonly complete: boolean
}

/**
 * Reads a message from its source (RFC 5322, 2045–2049, 2231, 3676). Whatever the octets are, it answers: what cannot be read is
 * absent or replaced. Time is linear in the size, but a large message takes a while: call it through openParser, off the main
 * thread. `now` bounds the Date header.
 */
export function parseMessage(raw: Uint8Array, now = new Date()): ParsedMessage {
  const bytes = withLineFeeds(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))
  const { root, complete } = scanStructure(bytes)
  const content = selectContent(bytes, root)
  const { text, html } = readText(bytes, content, 0)
  const attachments = markInline(content.attachments.slice(0, CONTENT_LIMITS.parts), joinText(content.htmls))
  return {
    ...readHeader(root.fields, now),
    text,
    html,
    snippet: makeSnippet(text ?? ''),
    attachments: attachments.map(toStorableAttachment),
    hasAttachments: attachments.some((attachment) => !attachment.inline),
    complete,
  }
}

/** Reads a header alone: of a message that is too large to be stored, or cannot be read further. Never throws. */
export function parseHeader(raw: Uint8Array, now = new Date()): ParsedHeader {
  return readHeaderAlone(raw, now).header
}

/** A header that was read without its message. */
export interface HeaderAlone {
  readonly header: ParsedHeader
  /** It has raw octets whose charset nothing in it names: a part of the message may, and then they mean something else. */
  readonly isGuess: boolean
}

/** The same, and what the message may tell better. */
export function readHeaderAlone(raw: Uint8Array, now: Date): HeaderAlone {
  const bytes = withLineFeeds(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))
  const block = bytes.subarray(0, CONTENT_LIMITS.headerOctets)
  let structure: MimeStructure | null = null
  let isGuess = false
  // Nearly every header does without: only for raw octets is it asked what charset it names itself, or a part that came along.
  const likelyCharset = (): string | null => {
    structure ??= scanStructure(block)
    isGuess ||= structure.charset === null
    return structure.charset
  }
  const header = readHeader(parseHeaderBlock(block, { start: 0, end: block.length, likelyCharset }).fields, now)
  return { header, isGuess }
}

interface ReadableText {
  readonly text: string | null
  readonly html: string | null
}

/** Without a text of its own, a message reads as the first message it encloses: that is how many are forwarded and bounced. */
function readText(bytes: Buffer, content: SelectedContent, depth: number): ReadableText {
  const html = joinText(content.htmls)
  const text = joinText(content.texts) ?? (html === null ? null : toStorableText(htmlToText(html)))
  const enclosed = content.enclosed[0]
  if (text !== null || enclosed === undefined || depth >= CONTENT_LIMITS.enclosedMessages) {
    return { text, html }
  }
  const source = withLineFeeds(decodeTransfer(bytes.subarray(enclosed.bodyStart, enclosed.bodyEnd), enclosed.transferEncoding))
  return readText(source, selectContent(source, scanStructure(source).root), depth + 1)
}

/** Old Mac line ends: nothing would be found in such a message. A CR becomes an LF, so that no offset changes. */
export function withLineFeeds(bytes: Buffer): Buffer {
  if (bytes.includes(0x0a) || !bytes.includes(0x0d)) {
    return bytes
  }
  return Buffer.from(bytes.map((octet) => (octet === 0x0d ? 0x0a : octet)))
}

function readHeader(fields: readonly HeaderField[], now: Date): ParsedHeader {
  const addresses = (name: string): Correspondent[] => parseAddresses(joinHeaders(fields, name))
  const subject = toDisplayLine(decodeEncodedWords(findHeader(fields, 'subject') ?? ''), CONTENT_LIMITS.subjectCharacters)
  return {
    subject,
    from: addresses('from'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    replyTo: addresses('reply-to'),
    sentAt: parseDate(findHeader(fields, 'date'), now),
    messageIdHeader: readMessageIds(findHeader(fields, 'message-id'))[0] ?? null,
    inReplyTo: readMessageIds(findHeader(fields, 'in-reply-to'))[0] ?? null,
    references: readMessageIds(joinHeaders(fields, 'references')).slice(-CONTENT_LIMITS.references),
  }
}

/** Message identifiers in brackets; of one too long to be one nothing is kept. */
function readMessageIds(header: string | null): string[] {
  const ids = header?.match(/<[^<>\s]+>/gu) ?? []
  return ids.filter((id) => id.length <= CONTENT_LIMITS.messageIdCharacters).map((id) => toStorableText(id))
}

function joinText(parts: readonly string[]): string | null {
  return parts.length === 0 ? null : toStorableText(parts.join('\n').slice(0, CONTENT_LIMITS.textCharacters))
}

/** The beginning is nearly always enough; a text that begins with a screen of blanks is looked into further. */
function makeSnippet(text: string): string {
  const short = snippetOf(text.slice(0, CONTENT_LIMITS.snippetCharacters * 3))
  return short.length >= CONTENT_LIMITS.snippetCharacters ? short : snippetOf(text.slice(0, CONTENT_LIMITS.snippetCharacters * 20))
}

function snippetOf(text: string): string {
  return toDisplayLine(collapseBlanks(text), CONTENT_LIMITS.snippetCharacters)
}

function toStorableAttachment(attachment: ParsedAttachment): ParsedAttachment {
  return {
    ...attachment,
    filename: attachment.filename === null ? null : toStorableText(attachment.filename),
    contentType: toStorableText(attachment.contentType),
    contentId: attachment.contentId === null ? null : toStorableText(attachment.contentId),
  }
}
