import { toStorableText } from '@maildock/core'
import { CONTENT_LIMITS } from '../content/content-limits.ts'
import { decodeCharset } from '../content/decode-charset.ts'
import { decodeTransfer } from '../content/decode-transfer.ts'
import { htmlToText } from '../content/html-to-text.ts'
import { findHeader, joinHeaders, parseHeaderBlock } from '../content/parse-header-block.ts'
import { scanStructure, type MimePart } from '../content/scan-structure.ts'
import { REPORT_LIMITS, type ComplaintReport, type DeliveryReport, type StatusReport } from './delivery-report.ts'
import { readBounceText } from './read-bounce-text.ts'
import { readFieldGroups, readReportedRecipient, type FieldGroup } from './read-status-part.ts'
import { readReportedAddress } from './report-text.ts'

const STATUS_TYPES: ReadonlySet<string> = new Set(['message/delivery-status', 'message/global-delivery-status'])
const FEEDBACK_TYPE = 'message/feedback-report'
/** The message that is reported on, or its header. */
const ORIGINAL_TYPES: ReadonlySet<string> = new Set([
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
])

/**
 * Reads what a message reports of another one: a delivery status notification (RFC 3464, 6533), one in the prose of common servers, or a complaint (RFC
 * 5965). Null for any other message. Bounded by REPORT_LIMITS; never throws. Anybody can write such a message: what it says is to be held against what was sent.
 */
export function readDeliveryReport(source: Uint8Array): DeliveryReport | null {
  const bytes = Buffer.from(source.buffer, source.byteOffset, Math.min(source.byteLength, REPORT_LIMITS.sourceOctets))
  const { root } = scanStructure(bytes)
  const parts = listParts(root)
  const status = parts.find(({ contentType }) => STATUS_TYPES.has(contentType.value))
  const feedback = parts.find(({ contentType }) => contentType.value === FEEDBACK_TYPE)
  const message: ScannedMessage = { bytes, root, parts }
  if (status !== undefined) {
    return readStatus(message, readFieldGroups(decodeBody(bytes, status, REPORT_LIMITS.statusOctets)))
  }
  return feedback === undefined
    ? readProse(message)
    : readComplaint(message, readFieldGroups(decodeBody(bytes, feedback, REPORT_LIMITS.statusOctets)))
}

interface ScannedMessage {
  readonly bytes: Buffer
  readonly root: MimePart
  readonly parts: readonly MimePart[]
}

function readStatus(message: ScannedMessage, groups: readonly FieldGroup[]): StatusReport {
  const recipients = groups.map(readReportedRecipient).filter((recipient) => recipient !== null)
  return {
    kind: 'dsn',
    recipients: recipients.slice(0, REPORT_LIMITS.recipients),
    originalMessageIds: listOriginalIds(message, groups),
    envelopeId: findField(groups, 'original-envelope-id'),
  }
}

function readComplaint(message: ScannedMessage, groups: readonly FieldGroup[]): ComplaintReport {
  const named = groups.flatMap((group) => ['original-rcpt-to', 'removal-recipient'].flatMap((name) => group.get(name) ?? []))
  return {
    kind: 'complaint',
    feedbackType: findField(groups, 'feedback-type')?.toLowerCase() ?? 'other',
    originalRecipients: readAddresses(named),
    originalMessageIds: listOriginalIds(message, groups),
  }
}

function readProse(message: ScannedMessage): StatusReport | null {
  const { root } = message
  const named = readAddresses(joinHeaders(root.fields, 'x-failed-recipients').slice(0, REPORT_LIMITS.textCharacters).split(','))
  const recipients = readBounceText(readText(message), named)
  return recipients.length === 0 ? null : { kind: 'dsn', recipients, originalMessageIds: listOriginalIds(message, []), envelopeId: null }
}

function readAddresses(texts: readonly string[]): readonly string[] {
  const addresses = texts.slice(0, REPORT_LIMITS.recipients).map(readReportedAddress)
  return addresses.filter((address) => address !== null)
}

function findField(groups: readonly FieldGroup[], name: string): string | null {
  const value = groups.flatMap((group) => group.get(name) ?? [])[0]
  return value === undefined || value === '' ? null : toStorableText(value)
}

/** The copy of the message names it; else what the report answers does, and what stands in its text. */
function listOriginalIds(message: ScannedMessage, groups: readonly FieldGroup[]): readonly string[] {
  const { bytes, root, parts } = message
  const copies = parts.filter(({ contentType }) => ORIGINAL_TYPES.has(contentType.value)).slice(0, REPORT_LIMITS.messageIds)
  const named = [
    ...copies.map((part) => readOriginalId(decodeBody(bytes, part, CONTENT_LIMITS.headerValueOctets * 4))),
    findField(groups, 'original-message-id'),
    findField(groups, 'x-original-message-id'),
    findHeader(root.fields, 'in-reply-to'),
    joinHeaders(root.fields, 'references'),
    ...Array.from(readText(message).matchAll(/^[ \t>]{0,8}Message-ID:[ \t]*(<[^<>\s]{3,998}>)/gimu), ([, id]) => id ?? null),
  ]
  const ids = named.flatMap((value) => value?.slice(0, CONTENT_LIMITS.headerValueOctets).match(/<[^<>\s]{1,996}>/gu) ?? [])
  return [...new Set(ids.map(toStorableText))].slice(0, REPORT_LIMITS.messageIds)
}

function readOriginalId(octets: Buffer): string | null {
  const { fields } = parseHeaderBlock(octets, { start: 0, end: octets.length, likelyCharset: () => null })
  return findHeader(fields, 'message-id')
}

function listParts(part: MimePart): readonly MimePart[] {
  return [part, ...part.children.flatMap(listParts)]
}

/** The beginning of a part's body, decoded. Base64 makes four octets of three, quoted-printable three of one. */
function decodeBody(bytes: Buffer, part: MimePart, maxOctets: number): Buffer {
  const body = bytes.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + maxOctets * 3))
  return decodeTransfer(body, part.transferEncoding).subarray(0, maxOctets)
}

/** What a person is told: the first text, or that of the HTML. */
function readText({ bytes, parts }: ScannedMessage): string {
  const plain = parts.find(({ contentType }) => contentType.value === 'text/plain')
  const part = plain ?? parts.find(({ contentType }) => contentType.value === 'text/html')
  if (part === undefined) {
    return ''
  }
  const text = decodeCharset(decodeBody(bytes, part, REPORT_LIMITS.textCharacters), part.contentType.parameters.get('charset') ?? null)
  return (plain === undefined ? htmlToText(text) : text).slice(0, REPORT_LIMITS.textCharacters)
}
