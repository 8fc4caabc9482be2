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
  | { readonly id: number; readonly content: PreparedContent }
  | { readonly id: number; readonly failure: string }

parentPort?.on('message', (request: ParseRequest) => {
  const reply = answer(request)
  parentPort?.postMessage(reply, 'content' in reply ? [reply.content.raw.buffer as ArrayBuffer] : [])
})
parentPort?.postMessage({ ready: true } satisfies ParseReply, [])

function answer({ id, source, now }: ParseRequest): ParseReply {
  try {
    const content = prepareContent(source, now)
    // Fresh arrays: a Buffer may be a view of a pool that must not be handed over, and would be copied as a whole.
    return { id, content: { ...content, rawSha256: new Uint8Array(content.rawSha256), raw: new Uint8Array(content.raw) } }
  } catch (error) {
    // The pool stores the message unread and tells the log. The name alone: a message's octets may stand in the text.
    return { id, failure: error instanceof Error ? error.name : 'unknown' }
  }
}
