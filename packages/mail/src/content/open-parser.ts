import { availableParallelism } from 'node:os'
import { silentLogger, type Logger } from '@maildock/core'
import type { ParseWork, ReadSource } from './answer-request.ts'
import { hashHeader } from './hash-header.ts'
import { openParserThreads, type ParserThreads, type ThreadQuestion } from './open-parser-threads.ts'
import { prepareUnreadable, type PreparedContent, type PreparedHeader } from './prepare-content.ts'

/** How messages are read, and what reading one may take. */
export interface ParserOptions {
  /** Default: one less than the cores, at least one. */
  readonly threads?: number
  /** Time a message may take, once its thread runs. Default 5 s. */
  readonly deadlineMs?: number
  /** Heap of a thread; sources are held outside of it. Default 256. */
  readonly heapMegabytes?: number
  readonly logger?: Logger
  /** The module a thread runs. Replaced by tests that let a thread hang or die. */
  readonly threadModule?: URL
}

/** Reads messages in threads of its own. */
export interface Parser extends AsyncDisposable {
  /**
   * Prepares a message for storing. Never rejects for a message's sake: one that takes too long, too much memory or fails to be
   * read comes back with `message: null` and its source as it is. Rejects when the parser was disposed.
   */
  parse(source: Uint8Array): Promise<PreparedContent>
  /**
   * The same for many messages, in their order. Sources that are views of shared memory are read where they are and must not change before the
   * answer; others are copied. A `raw` that is not compressed is the source itself; other octets are left in `output`, shared memory which may be
   * used again when they are no longer needed; without it, or as far as it is too small, in memory of their own. When a thread is lost, what it
   * was reading is read again one message at a time: only the guilty one stays unread.
   */
  parseSources(sources: readonly Uint8Array[], output?: Uint8Array): Promise<readonly PreparedContent[]>
  /** The same for header blocks without their messages, as BODY[HEADER] gives them. */
  parseHeaders(headers: readonly Uint8Array[]): Promise<readonly PreparedHeader[]>
}

/**
 * Opens a pool of parser threads, started when first needed. The thread that holds connections never parses: a hostile message costs
 * one thread its life, and nobody else a millisecond (design.md, "Raw first").
 */
export function openParser(options: ParserOptions = {}): Parser {
  const { deadlineMs = 5_000, heapMegabytes = 256, logger = silentLogger } = options
  const limit = options.threads ?? Math.max(1, availableParallelism() - 1)
  const module = options.threadModule ?? new URL('./parser-thread.ts', import.meta.url)
  const threads = openParserThreads({ limit, deadlineMs, heapMegabytes, module })

  const readAll = async (question: ThreadQuestion): Promise<readonly ReadSource[]> => {
    const { sources } = question
    const read = await readShares(threads, question, shareOut(sources, limit))
    tellUnread(logger, sources, read)
    return read
  }

  const parseSources = async (
    sources: readonly Uint8Array[],
    output = lendOutput(measureOutput('messages', sources)),
  ): Promise<readonly PreparedContent[]> => {
    const read = await readAll({ work: 'messages', sources, output })
    return sources.map((source, index) => toContent(source, read[index]))
  }

  return {
    parse: async (source) => {
      const [content] = await parseSources([source])
      return content ?? prepareUnreadable(source)
    },
    parseSources,
    parseHeaders: async (headers) => {
      const read = await readAll({ work: 'headers', sources: headers, output: lendOutput(measureOutput('headers', headers)) })
      return headers.map((header, index) => toHeader(header, read[index]))
    },
    [Symbol.asyncDispose]: async () => threads[Symbol.asyncDispose](),
  }
}

/** Reads the sources of a question in shares, each with a part of the output of its own. */
async function readShares(
  threads: ParserThreads,
  { work, output }: ThreadQuestion,
  shares: readonly (readonly Uint8Array[])[],
): Promise<readonly ReadSource[]> {
  let end = 0
  const parts = shares.map((sources) => {
    const start = end
    end += measureOutput(work, sources)
    return { work, sources, output: output.subarray(start, end) }
  })
  const read = await Promise.all(parts.map(async (part) => readShare(threads, part)))
  return read.flat()
}

/** Of what was lost with its thread each source is read again, alone. */
async function readShare(threads: ParserThreads, question: ThreadQuestion): Promise<readonly ReadSource[]> {
  const { sources } = question
  const answer = await threads.run(question)
  if ('read' in answer) {
    return answer.read
  }
  if (sources.length > 1) {
    return readShares(
      threads,
      question,
      sources.map((source) => [source]),
    )
  }
  return sources.map(() => ({ failure: answer.lost, stack: answer.stack }))
}

function tellUnread(logger: Logger, sources: readonly Uint8Array[], read: readonly ReadSource[]): void {
  for (const [index, source] of read.entries()) {
    if ('failure' in source) {
      const { failure: reason, stack } = source
      logger.warn({ reason, stack, octets: sources[index]?.length }, 'A message could not be read; it is stored as it is.')
    }
  }
}

function toContent(source: Uint8Array, read: ReadSource | undefined): PreparedContent {
  return read !== undefined && 'content' in read ? { ...read.content, raw: read.content.raw ?? source } : prepareUnreadable(source)
}

function toHeader(header: Uint8Array, read: ReadSource | undefined): PreparedHeader {
  return read !== undefined && 'prepared' in read ? read.prepared : { headerSha256: hashHeader(header), header: null, isGuess: false }
}

const HASH_OCTETS = 32
/**
 * Octets that are read out of sources. Of a header its hash. Of a message the source itself in fewer octets, its text, and the words of that, together up to
 * twice its size, and two hashes: a short source says little.
 */
function measureOutput(work: ParseWork, sources: readonly Uint8Array[]): number {
  if (work === 'headers') {
    return sources.length * HASH_OCTETS
  }
  return sources.reduce((sum, { byteLength }) => sum + 2 * (byteLength + HASH_OCTETS), 0)
}

function lendOutput(octets: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(octets))
}

/** One request to a thread: at most so much is read again, and waits in memory to be sent back. */
const MOST_OCTETS = 8 << 20
const MOST_SOURCES = 250
/** Below, a second thread is not worth its request. */
const LEAST_OCTETS = 256 << 10

/** Runs of sources of about the same size: one for each thread, more when they would be too large. A source is never divided. */
function shareOut(sources: readonly Uint8Array[], threads: number): readonly (readonly Uint8Array[])[] {
  const total = sources.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const most = Math.min(MOST_OCTETS, Math.max(LEAST_OCTETS, Math.ceil(total / threads)))
  const shares: Uint8Array[][] = []
  let octets = Infinity
  for (const source of sources) {
    const last = shares.at(-1)
    if (last === undefined || last.length >= MOST_SOURCES || octets + source.byteLength > most) {
      shares.push([source])
      octets = source.byteLength
    } else {
      last.push(source)
      octets += source.byteLength
    }
  }
  return shares
}
