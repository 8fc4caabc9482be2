import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SuperJSON } from 'superjson'

/** What the server was asked, decoded. */
export interface ScriptedRequest {
  readonly method: string
  /** Path of the procedure: `accounts.list`. */
  readonly procedure: string
  readonly headers: IncomingHttpHeaders
  readonly input: unknown
  /** 1 for the first request, to any procedure. */
  readonly turn: number
}

export type Script = (request: ScriptedRequest, response: ServerResponse) => void

/** A real HTTP server that answers as scripted. It forgets nothing it was asked. */
export interface ScriptedMaildock extends AsyncDisposable {
  readonly baseUrl: string
  readonly requests: readonly ScriptedRequest[]
}

/** Starts one on a free port of the loopback. Disposing it breaks every open connection. */
export async function openScriptedMaildock(script: Script): Promise<ScriptedMaildock> {
  const requests: ScriptedRequest[] = []
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await readRequest(incoming, requests.length + 1)
      requests.push(request)
      script(request, response)
    })()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
      })
    },
  }
}

async function readRequest(incoming: IncomingMessage, turn: number): Promise<ScriptedRequest> {
  let body = ''
  for await (const chunk of incoming.setEncoding('utf8')) {
    body += String(chunk)
  }
  const url = new URL(incoming.url ?? '/', 'http://scripted')
  const text = incoming.method === 'GET' ? (url.searchParams.get('input') ?? '') : body
  return {
    method: incoming.method ?? '',
    procedure: url.pathname.replace('/api/trpc/', ''),
    headers: incoming.headers,
    input: text === '' ? undefined : SuperJSON.parse(text),
    turn,
  }
}

/** Answers a procedure with its result. */
export function answer(response: ServerResponse, data: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ result: { data: SuperJSON.serialize(data) } }))
}

export interface ScriptedError {
  readonly status: number
  readonly code: string
  readonly message?: string
  readonly details?: object
  readonly retryAfter?: number
  readonly headers?: Record<string, string>
}

/** Answers a procedure with an error, as the server's error formatter shapes it. */
export function refuse(response: ServerResponse, error: ScriptedError): void {
  const { status, code, details, retryAfter, message = 'A sentence for people.' } = error
  const maildock = { code, requestId: 'request-1', ...(details && { details }), ...(retryAfter !== undefined && { retryAfter }) }
  const shape = { message, code: -32600, data: { code: 'BAD_REQUEST', httpStatus: status, maildock } }
  response.writeHead(status, { 'content-type': 'application/json', ...error.headers })
  response.end(JSON.stringify({ error: SuperJSON.serialize(shape) }))
}

/** Answers with something no Maildock would say. */
export function answerForeign(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/html', ...headers })
  response.end(text)
}

/** Begins an event stream: headers and tRPC's greeting. */
export function openStream(response: ServerResponse, options: { reconnectAfterInactivityMs?: number } = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`event: connected\ndata: ${JSON.stringify(options)}\n\n`)
}

/** Sends one event of a subscription. */
export function sendEvent(response: ServerResponse, data: unknown): void {
  response.write(`data: ${JSON.stringify(SuperJSON.serialize(data))}\n\n`)
}
