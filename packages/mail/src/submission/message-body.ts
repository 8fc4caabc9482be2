import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import MailComposer from 'nodemailer/lib/mail-composer'
import { toStorableText } from '@maildock/core'
import { htmlToText } from '../content/html-to-text.ts'
import { toAttachmentPart, type AttachmentPart } from './attachment-part.ts'
import type { MessageDraft } from './message-draft.ts'

/** RFC 2045 section 6.7: this pair stands in no quoted-printable and in no base64 text. */
const BOUNDARY_PREFIX = '=_'

/** A multiple of the 57 octets of a line of base64. */
const PIECE_OCTETS = 57 * 4096

/** The MIME part of a message: its fields, and what follows the empty line. */
export interface MessageBody {
  readonly fields: string
  readonly content: Buffer
}

/**
 * Composes text, HTML and attachments (RFC 2045, 2046, 2387): alternatives of plain text and HTML, images of the HTML beside it, files after it. HTML
 * alone gets a text made of it. Boundaries are derived from the content: the same draft makes the same octets, and no text can contain its own
 * boundary.
 */
export async function composeBody(draft: MessageDraft): Promise<MessageBody> {
  const html = draft.html === undefined || draft.html === '' ? null : toLines(draft.html)
  const written = draft.text === undefined || draft.text === '' ? null : toLines(draft.text)
  const text = written ?? (html === null ? '' : toLines(htmlToText(html)))
  const attachments = draft.attachments.map(toAttachmentPart)
  const root = new MailComposer({
    alternatives: [
      { contentType: 'text/plain; charset=utf-8', content: text },
      ...(html === null ? [] : [{ contentType: 'text/html; charset=utf-8', content: html }]),
    ],
    attachments: attachments.map((part) => ({ ...part, content: Readable.from(inPieces(part.content)) })),
    boundaryPrefix: BOUNDARY_PREFIX,
    baseBoundary: digest(draft.messageIdHeader, { text, html, attachments }),
    // What the library would make up is not used, and must not be made up at random.
    messageId: draft.messageIdHeader,
    date: draft.date,
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  const built = await root.build()
  const end = built.indexOf('\r\n\r\n')
  return { fields: keepMimeFields(built.toString('latin1', 0, end)), content: built.subarray(end + 4) }
}

/** The library encodes what it gets in one go: 25 MB at once would hold up everything else for a second. */
async function* inPieces(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += PIECE_OCTETS) {
    yield content.subarray(start, start + PIECE_OCTETS)
    await nextTurn()
  }
}

/** Text with CRLF line ends, whatever it came with: bare CR and LF are what SMTP smuggling is made of. */
function toLines(text: string): string {
  return toStorableText(text).replaceAll(/\r\n|\r|\n/gu, '\r\n')
}

function digest(messageIdHeader: string, parts: { text: string; html: string | null; attachments: readonly AttachmentPart[] }): string {
  const hash = createHash('sha256').update(JSON.stringify([messageIdHeader, parts.text, parts.html]))
  for (const { content } of parts.attachments) hash.update(`\0${content.length}\0`).update(content)
  return hash.digest('hex').slice(0, 32)
}

function keepMimeFields(header: string): string {
  return header
    .split(/\r\n(?![ \t])/u)
    .filter((field) => /^(?:MIME-Version|Content-[A-Za-z-]+):/iu.test(field))
    .join('\r\n')
}
