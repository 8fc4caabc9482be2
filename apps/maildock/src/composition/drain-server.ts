import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'

/** For requests that are under way; a verification that takes longer is broken off and stores nothing. */
const DRAIN_MS = 5_000

/**
 * Ends a server in order: it accepts nothing more, live streams are cut at once (they never end by themselves, and their clients
 * reconnect elsewhere), what is being answered is answered, and after a moment the rest is cut. Watch it from before its first request.
 */
export function drainOnDispose(server: Server, drainMs = DRAIN_MS): AsyncDisposable {
  const answering = new Set<ServerResponse>()
  let draining = false
  server.on('request', (_request, response) => {
    answering.add(response)
    response.once('close', () => {
      answering.delete(response)
      // A connection that is kept alive would hold the server until it is idle for long.
      if (draining) server.closeIdleConnections()
    })
  })
  return {
    async [Symbol.asyncDispose]() {
      draining = true
      const closed = once(server, 'close')
      server.close()
      for (const response of answering) if (isStream(response)) response.destroy()
      const cut = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(cut)
    },
  }
}

function isStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream')
}
