import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ERROR_CATALOGUE, type ErrorCode } from '@maildock/core'
import { newRequestId } from './request-id.ts'

interface Refusal {
  readonly statusLine: string
  readonly code: ErrorCode
}

/** Statuses as Node itself would tell them; there is no request yet that the error table could be asked about. */
const MALFORMED: Refusal = { statusLine: '400 Bad Request', code: 'request.malformed' }
const REFUSALS: ReadonlyMap<unknown, Refusal> = new Map([
  ['HPE_HEADER_OVERFLOW', { statusLine: '431 Request Header Fields Too Large', code: 'request.too_large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { statusLine: '408 Request Timeout', code: 'request.timeout' }],
])

/**
 * Tells also those in the envelope whose request never became one: what is no HTTP, headers beyond the limit, what does not arrive in
 * time. Only on a connection that carried no answer yet; any other is closed, so that nothing is written into the midst of one.
 */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
      socket.destroy()
      return
    }
    socket.end(toAnswer(REFUSALS.get(error.code) ?? MALFORMED))
  })
}

function toAnswer({ statusLine, code }: Refusal): string {
  const requestId = newRequestId()
  const body = JSON.stringify({ success: false, error: ERROR_CATALOGUE[code].message, code, request_id: requestId })
  return [
    `HTTP/1.1 ${statusLine}`,
    `X-Request-Id: ${requestId}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
