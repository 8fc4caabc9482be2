import { listFrames } from './list-frames.ts'
import { OutputMemory } from './output-memory.ts'
import { prepareContent, prepareHeader, type PreparedContent, type PreparedHeader } from './prepare-content.ts'

export type ParseWork = 'messages' | 'headers'

/** What the pool asks of a thread. */
export interface ParseRequest {
  readonly id: number
  readonly work: ParseWork
  /** Views of shared memory, or of one array that was handed over. */
  readonly sources: readonly Uint8Array[]
  /** Shared memory that is the thread's alone until it answers. */
  readonly output: Uint8Array
  readonly now: Date
}

/** A source that could not be read: the name of what went wrong, and where in our code, if it was there. */
export interface UnreadSource {
  readonly failure: string
  readonly stack?: string | undefined
}

/** What a thread made of one source. `raw` null: the source as it was sent here; it need not come back. */
export type ReadSource =
  | { readonly content: Omit<PreparedContent, 'raw'> & { readonly raw: Uint8Array | null } }
  | { readonly prepared: PreparedHeader }
  | UnreadSource

/** `ready` comes once, when the thread has loaded what it needs: the time a message may take is counted from there. */
export type ParseReply = { readonly ready: true } | { readonly id: number; readonly read: readonly ReadSource[] }

export interface Answer {
  readonly reply: ParseReply
  /** The memory of the octets that are not in the output, to be handed over with the reply. */
  readonly transfer: readonly ArrayBuffer[]
}

/** Reads what a request holds, in its order. One source that cannot be read is no failure of the others. */
export function answerRequest({ id, work, sources, output, now }: ParseRequest): Answer {
  const memory = new OutputMemory(output)
  const read = sources.map((source) => readSource(source, { work, now, memory }))
  return { reply: { id, read }, transfer: memory.transfer }
}

function readSource(
  source: Uint8Array,
  { work, now, memory }: Pick<ParseRequest, 'work' | 'now'> & { readonly memory: OutputMemory },
): ReadSource {
  try {
    if (work === 'headers') {
      return moveOctets({ prepared: prepareHeader(source, now) }, memory)
    }
    const content = prepareContent(source, now)
    return moveOctets({ content: { ...content, raw: content.rawEncoding === 'identity' ? null : content.raw } }, memory)
  } catch (error) {
    // The pool stores the message unread and tells the log. Without the text: a message's octets may stand in it.
    return { failure: error instanceof Error ? error.name : 'unknown', stack: listFrames(error) }
  }
}

/** The same with its octets in the output. */
function moveOctets(source: ReadSource, memory: OutputMemory): ReadSource {
  if ('content' in source) {
    const { rawSha256, headerSha256, raw, searchTerms, message } = source.content
    const move = (octets: Uint8Array | null): Uint8Array | null => (octets === null ? null : memory.move(octets))
    return {
      content: {
        ...source.content,
        rawSha256: memory.move(rawSha256),
        headerSha256: memory.move(headerSha256),
        raw: move(raw),
        searchTerms: move(searchTerms),
        message: message === null ? null : { ...message, text: move(message.text), html: move(message.html) },
      },
    }
  }
  return 'prepared' in source ? { prepared: { ...source.prepared, headerSha256: memory.move(source.prepared.headerSha256) } } : source
}
