const EQUALS = 0x3d
const CR = 0x0d
const LF = 0x0a

/** Undoes a Content-Transfer-Encoding (RFC 2045 section 6). Never throws: what is not encoded as it says is taken as it stands. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case 'base64':
      // Skips what is no base64, as section 6.8 asks.
      return Buffer.from(bytes.toString('latin1'), 'base64')
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes)
    default:
      return bytes
  }
}

/** Octets after decoding, counted without decoding: an attachment's bytes are not needed to list it. */
export function countDecodedOctets(bytes: Buffer, encoding: string): number {
  switch (encoding) {
    case 'base64':
      return countBase64(bytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes).length
    default:
      return bytes.length
  }
}

function countBase64(bytes: Buffer): number {
  const padding = bytes.indexOf(EQUALS)
  const encoded = padding < 0 ? bytes : bytes.subarray(0, padding)
  return Math.floor(((encoded.length - countBlanks(encoded)) * 3) / 4)
}

/** Octets up to U+0020: line breaks, mostly. Four at a time, because attachments are most of what mail is. */
function countBlanks(bytes: Buffer): number {
  if (bytes.length < 8) {
    return countBlanksSingly(bytes, 0, bytes.length)
  }
  const unaligned = (4 - (bytes.byteOffset % 4)) % 4
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + unaligned, (bytes.length - unaligned) >>> 2)
  const wordsEnd = unaligned + words.length * 4
  let blanks = countBlanksSingly(bytes, 0, unaligned) + countBlanksSingly(bytes, wordsEnd, bytes.length)
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? 0
    // Not zero when any octet is below 0x21: then it borrows, and its own high bit is not set.
    if (((word - 0x21_21_21_21) & ~word & 0x80_80_80_80) !== 0) {
      blanks += countBlanksSingly(bytes, unaligned + index * 4, unaligned + index * 4 + 4)
    }
  }
  return blanks
}

function countBlanksSingly(bytes: Buffer, from: number, to: number): number {
  let blanks = 0
  for (let index = from; index < to; index += 1) {
    blanks += (bytes[index] ?? 0) <= 0x20 ? 1 : 0
  }
  return blanks
}

/** Section 6.7: `=XX`, soft line breaks, blanks before a line's end dropped. A lone `=` is kept. */
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let index = 0
  while (index < bytes.length) {
    const octet = bytes[index] ?? 0
    if (octet !== EQUALS) {
      decoded[length] = octet
      length += 1
      index += 1
      continue
    }
    const high = hexDigit(bytes[index + 1])
    const low = hexDigit(bytes[index + 2])
    if (high >= 0 && low >= 0) {
      decoded[length] = high * 16 + low
      length += 1
      index += 3
      continue
    }
    const afterBreak = skipSoftBreak(bytes, index + 1)
    if (afterBreak >= 0) {
      index = afterBreak
    } else {
      decoded[length] = octet
      length += 1
      index += 1
    }
  }
  return decoded.subarray(0, length)
}

/** The index after a soft line break that begins at `from`, or -1. Transport may have added blanks before the line's end. */
function skipSoftBreak(bytes: Buffer, from: number): number {
  let index = from
  while ((bytes[index] === 0x20 || bytes[index] === 0x09) && index - from < 1_000) {
    index += 1
  }
  // CRLF, LF, CR, or the CRCRLF of some gateways.
  const lineEnd = index
  while (bytes[index] === CR && index - lineEnd < 2) {
    index += 1
  }
  if (bytes[index] === LF || index > lineEnd) {
    return bytes[index] === LF ? index + 1 : index
  }
  return index === bytes.length ? index : -1
}

function hexDigit(octet: number | undefined): number {
  if (octet === undefined) {
    return -1
  }
  if (octet >= 0x30 && octet <= 0x39) {
    return octet - 0x30
  }
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
