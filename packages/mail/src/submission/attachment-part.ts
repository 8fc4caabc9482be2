import { detectMimeType } from 'nodemailer/lib/mime-funcs'
import { parseParameters } from '../content/parse-parameters.ts'
import { toHeaderLine } from './header-text.ts'
import { InvalidDraft, type DraftAttachment } from './message-draft.ts'

/** An attachment as the library's composer takes it. */
export interface AttachmentPart {
  readonly filename: string
  readonly content: Buffer
  readonly contentType: string
  readonly contentDisposition: 'attachment' | 'inline'
  readonly contentTransferEncoding: 'base64' | '7bit'
  readonly cid?: string
}

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/u
/** Parameters that change what a file means. Others are left out. */
const KEPT_PARAMETERS = ['charset', 'method'] as const
const PARAMETER_VALUE = /^[A-Za-z0-9_.:+-]{1,60}$/u
const OCTET_STREAM = 'application/octet-stream'
/** RFC 2392: what fits in `cid:…` and in one line. */
const CONTENT_ID = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,200}$/u
/** File systems take 255 octets. */
const MAX_FILENAME_CHARACTERS = 120
const KEPT_OF_THE_END = 20

/** Tells whether text can be the content id of an attachment. */
export function isContentId(text: string): boolean {
  return CONTENT_ID.test(text)
}

/**
 * Decides how an attachment travels: in base64, so that its octets arrive as they are. A message stays a message only where it can go as it is (RFC 2046
 * section 5.2.1 forbids to encode it); any other, and any other composite type, goes as a file.
 *
 * @throws InvalidDraft for a content id that is none.
 */
export function toAttachmentPart(attachment: DraftAttachment, index: number): AttachmentPart {
  const { contentId } = attachment
  if (contentId !== undefined && !isContentId(contentId)) throw new InvalidDraft('attachments.contentId', 'not a content id')
  const content = Buffer.from(attachment.content.buffer, attachment.content.byteOffset, attachment.content.byteLength)
  const filename = toFilename(attachment.filename, index)
  const wanted = readMediaType(attachment.contentType ?? detectMimeType(filename))
  const isMessage = wanted === 'message/rfc822' && isSevenBit(content)
  const isComposite = /^(?:message|multipart)\//u.test(wanted)
  const contentType = isComposite && !isMessage ? OCTET_STREAM : wanted
  return {
    filename,
    content,
    contentType,
    contentDisposition: contentId !== undefined && contentType.startsWith('image/') ? 'inline' : 'attachment',
    contentTransferEncoding: isMessage ? '7bit' : 'base64',
    ...(contentId === undefined ? {} : { cid: contentId }),
  }
}

function readMediaType(text: string): string {
  const { value, parameters } = parseParameters(toHeaderLine(text))
  if (!MEDIA_TYPE.test(value)) return OCTET_STREAM
  const kept = KEPT_PARAMETERS.flatMap((name) => {
    const found = parameters.get(name)
    return found !== undefined && PARAMETER_VALUE.test(found) ? [`; ${name}=${found}`] : []
  })
  return `${value}${kept.join('')}`
}

function toFilename(text: string, index: number): string {
  const characters = Array.from(toHeaderLine(text.replaceAll(/[/\\]/gu, '_')))
  if (characters.length === 0) return `attachment-${index + 1}`
  if (characters.length <= MAX_FILENAME_CHARACTERS) return characters.join('')
  return [...characters.slice(0, MAX_FILENAME_CHARACTERS - KEPT_OF_THE_END), ...characters.slice(-KEPT_OF_THE_END)].join('')
}

/** Lines of at most 998 octets of ASCII, each ended by CRLF, without NUL (RFC 2045 section 2.7). */
function isSevenBit(content: Buffer): boolean {
  const text = content.toString('latin1')
  return /^[\u0001-\u007f]*$/u.test(text) && text.split('\r\n').every((line) => line.length <= 998 && !/[\r\n]/u.test(line))
}
