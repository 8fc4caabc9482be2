import { parentPort } from 'node:worker_threads'
import { prepareContent, type PreparedContent } from './prepare-content.ts'

/** What the pool asks of a thread. */
export interface ParseRequest {
  readonly id: number
  readonly source: Uint8Array
  readonly now: Date
}

/** `ready` comes once, when the thread has loaded what it needs: the time a message may take is counted from there. */
export type ParseReply =
  | { readonly ready: true }
  /** `raw` null: the source as it was sent here; it need not come back. */
  | { readonly id: number; readonly content: Omit<PreparedContent, 'raw'> & { readonly raw: Uint8Array | null } }
  | { readonly id: number; readonly failure: string }

parentPort?.on('message', (request: ParseRequest) => {
  const reply = answer(request)
  const raw = 'content' in reply ? reply.content.raw : null
  parentPort?.postMessage(reply, raw === null ? [] : [raw.buffer as ArrayBuffer])
})
parentPort?.postMessage({ ready: true } satisfies ParseReply, [])

function answer({ id, source, now }: ParseRequest): ParseReply {
  try {
    const content = prepareContent(source, now)
    const raw = content.rawEncoding === 'identity' ? null : ownArray(content.raw)
    return { id, content: { ...content, rawSha256: new Uint8Array(content.rawSha256), raw } }
  } catch (error) {
    // The pool stores the message unread and tells the log. The name alone: a message's octets may stand in the text.
    return { id, failure: error instanceof Error ? error.name : 'unknown' }
  }
}

/** What is larger is in memory of its own, never in a pool, and may be handed over with the little that is unused of it. */
const LARGE = 1 << 20

/** An array that is all of its memory: a Buffer may be a view of a pool that must not be handed over, and would be copied as a whole. */
function ownArray(octets: Uint8Array): Uint8Array {
  return octets.byteLength > LARGE ? octets : new Uint8Array(octets)
}
