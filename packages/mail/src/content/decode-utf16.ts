import { TextDecoder } from 'node:util'

/** Labels of UTF-16 that say nothing of the order of octets. */
const ORDERLESS: ReadonlySet<string> = new Set(['utf-16', 'utf16', 'ucs-2', 'unicode', 'iso-10646-ucs-2', 'csunicode'])

const decoders = { le: new TextDecoder('utf-16le'), be: new TextDecoder('utf-16be') } as const
type Order = keyof typeof decoders

/**
 * Decodes UTF-16, or returns null when the label is not one of it. A byte order mark is believed before the label, the label before a guess:
 * RFC 2781 section 4.3 wants big-endian where nothing is said, and the programs that say nothing write little-endian.
 */
export function decodeUtf16(bytes: Uint8Array, charset: string): string | null {
  const labelled = charset === 'utf-16le' ? 'le' : charset === 'utf-16be' ? 'be' : null
  if (labelled === null && !ORDERLESS.has(charset)) {
    return null
  }
  return decoders[readMark(bytes) ?? labelled ?? guessOrder(bytes)].decode(bytes)
}

function readMark(bytes: Uint8Array): Order | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return 'le'
  }
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'be' : null
}

const GUESSED_OCTETS = 2_000

/** The upper octets of a text are those of its script: more of them are zero, or there are fewer different ones. */
function guessOrder(bytes: Uint8Array): Order {
  const first = bytes.subarray(0, GUESSED_OCTETS).filter((_octet, index) => index % 2 === 0)
  const second = bytes.subarray(0, GUESSED_OCTETS).filter((_octet, index) => index % 2 === 1)
  const zeros = countZeros(first) - countZeros(second)
  const variety = new Set(second).size - new Set(first).size
  return (zeros === 0 ? variety : zeros) > 0 ? 'be' : 'le'
}

function countZeros(bytes: Uint8Array): number {
  return bytes.reduce((count, octet) => count + (octet === 0 ? 1 : 0), 0)
}
