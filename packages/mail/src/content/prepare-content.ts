import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { encodeSearchVector } from '@maildock/core'
import { hashHeader, hashOctets } from './hash-header.ts'
import { listSearchFields } from './list-search-fields.ts'
import { parseMessage, readHeaderAlone, type ParsedHeader, type ParsedMessage } from './parse-message.ts'

export type RawEncoding = 'identity' | 'zstd'

/** A message that was read. What a person reads of it is UTF-8: long, and on its way into the database. */
export interface PreparedMessage extends Omit<ParsedMessage, 'text' | 'html'> {
  readonly text: Uint8Array | null
  readonly html: Uint8Array | null
}

/** A message ready to be stored: its source to the byte, the hash of that source, and what was read out of it. */
export interface PreparedContent {
  /** SHA-256 of the octets the server sent. */
  readonly rawSha256: Uint8Array
  /** Equal to that of PreparedHeader for the same message. */
  readonly headerSha256: Uint8Array
  /** The source in `rawEncoding`. */
  readonly raw: Uint8Array
  readonly rawEncoding: RawEncoding
  /** Null when the message could not be read within the bounds of time and memory. */
  readonly message: PreparedMessage | null
  /** The terms of subject, correspondents, file names and text, as PostgreSQL receives a tsvector in binary. Null when the message is. */
  readonly searchTerms: Uint8Array | null
}

/** A header block, as BODY[HEADER] gives it, read without its message. */
export interface PreparedHeader {
  readonly headerSha256: Uint8Array
  /** Null when it could not be read within the bounds of time and memory. */
  readonly header: ParsedHeader | null
  /** The message may tell better what raw octets of the header mean. */
  readonly isGuess: boolean
}

/** Hashes, compresses and reads a message. Takes its time for a large one: see openParser. */
export function prepareContent(source: Uint8Array, now: Date): PreparedContent {
  const message = parseMessage(source, now)
  return {
    rawSha256: hashOctets(source),
    headerSha256: hashHeader(source),
    ...encodeSource(source),
    message: { ...message, text: toOctets(message.text), html: toOctets(message.html) },
    searchTerms: encodeSearchVector(listSearchFields(message)),
  }
}

function toOctets(text: string | null): Uint8Array | null {
  return text === null ? null : Buffer.from(text, 'utf8')
}

/** The same for a message that cannot be read: nothing but its source. */
export function prepareUnreadable(source: Uint8Array): PreparedContent {
  return {
    rawSha256: hashOctets(source),
    headerSha256: hashHeader(source),
    raw: source,
    rawEncoding: 'identity',
    message: null,
    searchTerms: null,
  }
}

/** Hashes and reads a header block. */
export function prepareHeader(header: Uint8Array, now: Date): PreparedHeader {
  return { headerSha256: hashHeader(header), ...readHeaderAlone(header, now) }
}

/** The source of a stored message, as the server sent it. */
export function decodeSource(raw: Uint8Array, encoding: RawEncoding): Uint8Array {
  switch (encoding) {
    case 'identity':
      return raw
    case 'zstd':
      return zstdDecompressSync(raw)
    default:
      return encoding satisfies never
  }
}

const LEAST_CHUNK = 16 * 1024
/** Below, setting up the compressor costs more than reading the message, for octets that hardly count. */
const LEAST_COMPRESSED = 4 * 1024
/** The first level is as fast as it gets with Huffman coding, which takes a quarter off base64; the default gains one per cent more on text. */
const FAST = { [constants.ZSTD_c_compressionLevel]: 1 }

function encodeSource(source: Uint8Array): { readonly raw: Uint8Array; readonly rawEncoding: RawEncoding } {
  if (source.length < LEAST_COMPRESSED) {
    return { raw: source, rawEncoding: 'identity' }
  }
  // One piece of output: from many pieces the result would be put together, and be in memory twice.
  const compressed = zstdCompressSync(source, { chunkSize: Math.max(LEAST_CHUNK, source.length), params: FAST })
  // Base64 of what is compressed already gains little: below a tenth it is not worth the reading.
  return compressed.length < source.length * 0.9 ? { raw: compressed, rawEncoding: 'zstd' } : { raw: source, rawEncoding: 'identity' }
}
