import { decodeTransfer } from './decode-transfer.ts'
import { withLineFeeds } from './parse-message.ts'
import { scanStructure, type MimePart } from './scan-structure.ts'
import { decodeText, selectContent, type ParsedAttachment } from './select-content.ts'
import { decodeUuencoded, takeUuencoded, type UuencodedFile } from './take-uuencoded.ts'

/** An attachment with its octets. */
export interface ExtractedAttachment extends Omit<ParsedAttachment, 'inline' | 'sizeOctets'> {
  /** Decoded. Of a part that is not encoded a view of the source. */
  readonly content: Buffer
}

/**
 * The attachments of a message with their octets, as parseMessage lists them: what is shown within its HTML too, a message within it as one, the files within
 * its text. Linear in the size; never throws.
 */
export function extractAttachments(raw: Uint8Array): readonly ExtractedAttachment[] {
  const bytes = withLineFeeds(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))
  const { root } = scanStructure(bytes)
  const parts = new Map(listParts(root).map((part) => [part.address, part]))
  const texts = new Map<string, readonly UuencodedFile[]>()
  const filesOf = (part: MimePart): readonly UuencodedFile[] => {
    const files = texts.get(part.address) ?? takeUuencoded(decodeText(bytes, part)).files
    texts.set(part.address, files)
    return files
  }
  return selectContent(bytes, root).attachments.flatMap(({ inline: _inline, sizeOctets: _size, ...attachment }) => {
    const [address = '', file] = attachment.part.split('/')
    const part = parts.get(address)
    const content = part === undefined ? null : file === undefined ? readPart(bytes, part) : readFile(filesOf(part), Number(file))
    return content === null ? [] : [{ ...attachment, content }]
  })
}

function listParts(part: MimePart): readonly MimePart[] {
  return part.children.length === 0 ? [part] : part.children.flatMap(listParts)
}

function readPart(bytes: Buffer, part: MimePart): Buffer {
  return decodeTransfer(bytes.subarray(part.bodyStart, part.bodyEnd), part.transferEncoding)
}

/** @param place of the file within the text, from 1 on */
function readFile(files: readonly UuencodedFile[], place: number): Buffer | null {
  const file = files[place - 1]
  return file === undefined ? null : decodeUuencoded(file)
}
