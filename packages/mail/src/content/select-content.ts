import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeCharset } from './decode-charset.ts'
import { countDecodedOctets, decodeTransfer } from './decode-transfer.ts'
import { findHeader } from './parse-header-block.ts'
import type { MimePart } from './scan-structure.ts'
import { takeUuencoded } from './take-uuencoded.ts'
import { unflowText } from './unflow-text.ts'

/** A part that is not for reading in place. Its bytes are taken from the raw source when they are asked for. */
export interface ParsedAttachment {
  /** Part address, as IMAP counts parts; of the first file uuencoded within the text `2`, `2/1`. What is in a message within the message has none. */
  readonly part: string
  readonly filename: string | null
  /** In lower case. A calendar's with its method, which says whether it invites or cancels: `text/calendar; method=REQUEST`. */
  readonly contentType: string
  readonly contentId: string | null
  /** Shown within the text (an image of the HTML), not listed below it. Before markInline: it may be, if the HTML names it. */
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
    const text = cutAtDelimiter(decodePlainText(decodeText(bytes, part), part), part)
    return parent !== null && text.trim() === '' ? NOTHING : { ...NOTHING, texts: [text] }
  }
  if (isBody(part, parent)) {
    return part.contentType.value === 'text/html'
      ? { ...NOTHING, htmls: [decodeText(bytes, part).slice(0, CONTENT_LIMITS.textCharacters)] }
      : readPlainText(decodeText(bytes, part), part)
  }
  const enclosed = ENCLOSED.has(part.contentType.value) ? [part] : []
  return { ...NOTHING, attachments: [describeAttachment(bytes, part)], enclosed }
}

/** Messages within a message; the second kind is that of RFC 6532. */
const ENCLOSED: ReadonlySet<string> = new Set(['message/rfc822', 'message/global'])

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

export function decodeText(bytes: Buffer, part: MimePart): string {
  // Four octets a character at most, and base64 makes four of three: nothing readable is lost by cutting here.
  const body = bytes.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + CONTENT_LIMITS.textCharacters * 6))
  const decoded = decodeTransfer(body, part.transferEncoding)
  return decodeCharset(decoded, part.contentType.parameters.get('charset') ?? findMetaCharset(decoded, part))
}

const META = /<meta\s[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/iu

/** What HTML says of itself within its first kilobyte, where its header says nothing. Had it been UTF-16 or UTF-7, that could not be read there. */
function findMetaCharset(decoded: Buffer, part: MimePart): string | null {
  const label = part.contentType.value === 'text/html' ? (META.exec(decoded.toString('latin1', 0, 1_024))?.[1] ?? null) : null
  return label !== null && /^utf-?(?:16|7)/iu.test(label) ? null : label
}

function readPlainText(decoded: string, part: MimePart): SelectedContent {
  const { text, files } = takeUuencoded(decoded)
  const attachments = files.map(({ filename, sizeOctets }, index) => ({
    part: `${part.address}/${index + 1}`,
    filename,
    contentType: 'application/octet-stream',
    contentId: null,
    inline: false,
    sizeOctets,
  }))
  return { ...NOTHING, texts: [decodePlainText(text, part)], attachments }
}

function decodePlainText(decoded: string, part: MimePart): string {
  const text = decoded.slice(0, CONTENT_LIMITS.textCharacters)
  const flowed = part.contentType.parameters.get('format')?.toLowerCase() === 'flowed'
  const delSp = part.contentType.parameters.get('delsp')?.toLowerCase() === 'yes'
  const lines = text.includes('\r') ? text.replace(/\r+\n?/gu, '\n') : text
  return flowed ? unflowText(lines, delSp) : lines
}

function describeAttachment(bytes: Buffer, part: MimePart): ParsedAttachment {
  const contentId = findHeader(part.fields, 'content-id')?.replace(/^<|>$/gu, '').slice(0, CONTENT_LIMITS.messageIdCharacters) ?? null
  const filename = filenameOf(part)
  return {
    part: part.address,
    filename,
    contentType: describeType(part, filename),
    contentId: contentId === '' ? null : contentId,
    inline: part.disposition.value !== 'attachment' && contentId !== null && contentId !== '',
    sizeOctets: countDecodedOctets(bytes.subarray(part.bodyStart, part.bodyEnd), part.transferEncoding),
  }
}

/** Types under which the wrapping of Outlook and Exchange comes (MS-OXTNEF), which nobody else can open. */
const TNEF: ReadonlySet<string> = new Set(['application/ms-tnef', 'application/vnd.ms-tnef'])

function describeType({ contentType }: MimePart, filename: string | null): string {
  const { value, parameters } = contentType
  const nameless = value === 'application/octet-stream' && /^win(?:mail|\d*)\.dat$/iu.test(filename ?? '')
  if (TNEF.has(value) || nameless) {
    return 'application/ms-tnef'
  }
  const method = value === 'text/calendar' ? /^[a-z-]{1,40}$/iu.exec(parameters.get('method') ?? '')?.[0] : undefined
  return method === undefined ? value.slice(0, 255) : `${value}; method=${method.toUpperCase()}`
}

/** The name as the sender gave it: data to show. Whoever offers a download makes a safe name of it. */
function filenameOf(part: MimePart): string | null {
  const name = part.disposition.parameters.get('filename') ?? part.contentType.parameters.get('name') ?? ''
  return name === '' ? null : name.slice(0, CONTENT_LIMITS.nameCharacters)
}
