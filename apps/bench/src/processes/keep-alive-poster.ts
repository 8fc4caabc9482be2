import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface PosterAnswer {
  readonly status: number
  readonly body: string
}

/** Posts JSON over connections that are kept, at a fraction of what `fetch` costs: load shares the cores with what it measures. Disposing closes them. */
export interface KeepAlivePoster extends Disposable {
  post(url: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<PosterAnswer>
}

const DEADLINE_MS = 60_000

export function openKeepAlivePoster(connections: number): KeepAlivePoster {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    post: async (url, headers, body) => {
      const { promise, resolve, reject } = Promise.withResolvers<PosterAnswer>()
      const payload = JSON.stringify(body)
      const asked = request(
        url,
        {
          agent,
          method: 'POST',
          signal: AbortSignal.timeout(DEADLINE_MS),
          headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
        },
        (response) => {
          text(response).then((read) => resolve({ status: response.statusCode ?? 0, body: read }), reject)
        },
      )
      asked.once('error', reject)
      asked.end(payload)
      return promise
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}
