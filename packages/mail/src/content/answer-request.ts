import { prepareContent, prepareHeader, type PreparedContent, type PreparedHeader } from './prepare-content.ts'

export type ParseWork = 'messages' | 'headers'

/** What the pool asks of a thread. */
export interface ParseRequest {
  readonly id: number
  readonly work: ParseWork
  /** Views of shared memory, or of one array that was handed over. */
  readonly sources: readonly Uint8Array[]
  readonly now: Date
}

/** What a thread made of one source. `raw` null: the source as it was sent here; it need not come back. */
export type ReadSource =
  | { readonly content: Omit<PreparedContent, 'raw'> & { readonly raw: Uint8Array | null } }
  | { readonly prepared: PreparedHeader }
  | { readonly failure: string }

/** `ready` comes once, when the thread has loaded what it needs: the time a message may take is counted from there. */
export type ParseReply = { readonly ready: true } | { readonly id: number; readonly read: readonly ReadSource[] }

export interface Answer {
  readonly reply: ParseReply
  /** The memory of the reply's octets, to be handed over with it. */
  readonly transfer: readonly ArrayBuffer[]
}

/** Reads what a request holds, in its order. One source that cannot be read is no failure of the others. */
export function answerRequest({ id, work, sources, now }: ParseRequest): Answer {
  const packed = packOctets(sources.map((source) => readSource(source, work, now)))
  return { reply: { id, read: packed.read }, transfer: packed.transfer }
}

function readSource(source: Uint8Array, work: ParseWork, now: Date): ReadSource {
  try {
    if (work === 'headers') {
      return { prepared: prepareHeader(source, now) }
    }
    const content = prepareContent(source, now)
    return { content: { ...content, raw: content.rawEncoding === 'identity' ? null : content.raw } }
  } catch (error) {
    // The pool stores the message unread and tells the log. The name alone: a message's octets may stand in the text.
    return { failure: error instanceof Error ? error.name : 'unknown' }
  }
}

/** What is larger is in memory of its own, never in a pool, and may be handed over with the little that is unused of it. */
const LARGE = 1 << 20

/**
 * Moves the octets of many small arrays into one, which is handed over at the cost of one. A Buffer may be a view of a pool: that must not be handed
 * over, and would be copied as a whole.
 */
function packOctets(read: readonly ReadSource[]): { readonly read: readonly ReadSource[]; readonly transfer: readonly ArrayBuffer[] } {
  const transfer: ArrayBuffer[] = []
  let size = 0
  const measure = (octets: Uint8Array): Uint8Array => {
    if (octets.byteLength > LARGE) {
      transfer.push(octets.buffer as ArrayBuffer)
    } else {
      size += octets.byteLength
    }
    return octets
  }
  for (const source of read) {
    mapOctets(source, measure)
  }
  const packed = new Uint8Array(size)
  let end = 0
  const move = (octets: Uint8Array): Uint8Array => {
    if (octets.byteLength > LARGE) {
      return octets
    }
    packed.set(octets, end)
    end += octets.byteLength
    return packed.subarray(end - octets.byteLength, end)
  }
  return { read: read.map((source) => mapOctets(source, move)), transfer: [packed.buffer, ...transfer] }
}

function mapOctets(source: ReadSource, map: (octets: Uint8Array) => Uint8Array): ReadSource {
  if ('content' in source) {
    const { rawSha256, headerSha256, raw, searchTerms } = source.content
    return {
      content: {
        ...source.content,
        rawSha256: map(rawSha256),
        headerSha256: map(headerSha256),
        raw: raw === null ? null : map(raw),
        searchTerms: searchTerms === null ? null : map(searchTerms),
      },
    }
  }
  return 'prepared' in source ? { prepared: { ...source.prepared, headerSha256: map(source.prepared.headerSha256) } } : source
}
