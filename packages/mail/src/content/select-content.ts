import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeCharset } from './decode-charset.ts'
import { countDecodedOctets, decodeTransfer } from './decode-transfer.ts'
import { findHeader } from './parse-header-block.ts'
import type { MimePart } from './scan-structure.ts'
import { unflowText } from './unflow-text.ts'

/** A part that is not for reading in place. Its bytes are taken from the raw source when they are asked for. */
export interface ParsedAttachment {
  /** Part address, as IMAP counts parts. */
  readonly part: string
  readonly filename: string | null
  readonly contentType: string
  readonly contentId: string | null
  /** Shown within the text (an image of the HTML), not listed below it. */
  readonly inline: boolean
  /** After decoding. */
  readonly sizeOctets: number
}

export interface SelectedContent {
  readonly texts: readonly string[]
  readonly htmls: readonly string[]
  readonly attachments: readonly ParsedAttachment[]
  /** Messages within the message. They are attachments too. */
  readonly enclosed: readonly MimePart[]
}

const NOTHING: SelectedContent = { texts: [], htmls: [], attachments: [], enclosed: [] }

/**
 * Chooses what of a message is its text, its HTML and its attachments: of alternatives the plainest text and the richest HTML
 * (RFC 2046 section 5.1.4), of other multiparts everything in order. Only text parts are decoded. `parent`: none for a whole message.
 */
export function selectContent(bytes: Buffer, part: MimePart, parent: MimePart | null = null): SelectedContent {
  if (part.children.length > 0) {
    const selected = part.children.map((child) => selectContent(bytes, child, part))
    const attachments = selected.flatMap((child) => child.attachments)
    const enclosed = selected.flatMap((child) => child.enclosed)
    if (part.contentType.value === 'multipart/alternative') {
      const texts = selected.find((child) => child.texts.length > 0)?.texts ?? []
      const htmls = selected.findLast((child) => child.htmls.length > 0)?.htmls ?? []
      return { texts, htmls, attachments, enclosed }
    }
    return { texts: selected.flatMap((child) => child.texts), htmls: selected.flatMap((child) => child.htmls), attachments, enclosed }
  }
  if (isEmptyMultipart(part)) {
    return { ...NOTHING, texts: [cutAtDelimiter(decodeText(bytes, part), part)] }
  }
  if (isBody(part, parent)) {
    const text = decodeText(bytes, part)
    return part.contentType.value === 'text/html' ? { ...NOTHING, htmls: [text] } : { ...NOTHING, texts: [text] }
  }
  const enclosed = part.contentType.value === 'message/rfc822' ? [part] : []
  // The parts of a multipart/related belong to the HTML.
  const related = parent?.contentType.value === 'multipart/related'
  return { ...NOTHING, attachments: [describeAttachment(bytes, part, related)], enclosed }
}

/** A multipart without a usable boundary: what is in it is read as the text it looks like. */
function isEmptyMultipart(part: MimePart): boolean {
  return part.contentType.value.startsWith('multipart/')
}

/** Not even its first delimiter was there; the last one may be. It is not for reading, nor is what follows it. */
function cutAtDelimiter(text: string, part: MimePart): string {
  const boundary = part.contentType.parameters.get('boundary') ?? ''
  const end = boundary === '' ? -1 : `\n${text}`.indexOf(`\n--${boundary}--`)
  return end < 0 ? text : text.slice(0, end)
}

/** A text with a name is a file beside others. Alone it is what the message says: some programs name every text. */
function isBody(part: MimePart, parent: MimePart | null): boolean {
  const readable = part.contentType.value === 'text/plain' || part.contentType.value === 'text/html'
  return readable && part.disposition.value !== 'attachment' && (parent === null || filenameOf(part) === null)
}

function decodeText(bytes: Buffer, part: MimePart): string {
  // Four octets a character at most, and base64 makes four of three: nothing readable is lost by cutting here.
  const body = bytes.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + CONTENT_LIMITS.textCharacters * 6))
  const decoded = decodeTransfer(body, part.transferEncoding)
  const text = decodeCharset(decoded, part.contentType.parameters.get('charset') ?? null).slice(0, CONTENT_LIMITS.textCharacters)
  if (part.contentType.value === 'text/html') {
    return text
  }
  const flowed = part.contentType.parameters.get('format')?.toLowerCase() === 'flowed'
  const delSp = part.contentType.parameters.get('delsp')?.toLowerCase() === 'yes'
  return flowed ? unflowText(text, delSp) : text.replaceAll('\r\n', '\n')
}

function describeAttachment(bytes: Buffer, part: MimePart, related: boolean): ParsedAttachment {
  const contentId = findHeader(part.fields, 'content-id')?.replace(/^<|>$/gu, '').slice(0, CONTENT_LIMITS.messageIdCharacters) ?? null
  return {
    part: part.address,
    filename: filenameOf(part),
    contentType: part.contentType.value.slice(0, 255),
    contentId: contentId === '' ? null : contentId,
    inline: part.disposition.value !== 'attachment' && contentId !== null && (related || part.disposition.value === 'inline'),
    sizeOctets: countDecodedOctets(bytes.subarray(part.bodyStart, part.bodyEnd), part.transferEncoding),
  }
}

/** The name as the sender gave it: data to show. Whoever offers a download makes a safe name of it. */
function filenameOf(part: MimePart): string | null {
  const name = part.disposition.parameters.get('filename') ?? part.contentType.parameters.get('name') ?? ''
  return name === '' ? null : name.slice(0, CONTENT_LIMITS.nameCharacters)
}
