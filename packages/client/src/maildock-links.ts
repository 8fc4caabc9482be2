import { httpLink, httpSubscriptionLink, splitLink, type TRPCLink } from '@trpc/client'
import { SuperJSON } from 'superjson'
import { chooseRetries, trpcUrlOf, type MaildockClientOptions } from './client-options.ts'
import { DEFAULT_TIMEOUT_MS, deadlineLink } from './deadline-link.ts'
import { FetchEventSource, type FetchEventSourceInit } from './fetch-event-source.ts'
import { readFailure, unexpectedAnswer } from './http-answer.ts'
import { createTransport, readText, sendRequest } from './http-transport.ts'
import type { MaildockRouter } from './maildock-router.ts'
import { buildRequestHeaders } from './request-headers.ts'
import { retryLink } from './retry-link.ts'

/**
 * The tRPC links of a client, outermost first: deadline, retries, HTTP and SSE. For who builds a tRPC client of their
 * own (`createTRPCClient<MaildockRouter>({ links: createMaildockLinks(…) })`); everybody else has `client.trpc`.
 */
export function createMaildockLinks(options: MaildockClientOptions): TRPCLink<MaildockRouter>[] {
  const url = trpcUrlOf(options.baseUrl)
  const headers = async (): Promise<Record<string, string>> => await buildRequestHeaders(options)
  return [
    deadlineLink(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    retryLink(chooseRetries(options.retries)),
    splitLink({
      condition: (op) => op.type === 'subscription',
      true: httpSubscriptionLink({
        url,
        transformer: SuperJSON,
        EventSource: FetchEventSource,
        eventSourceOptions: (): FetchEventSourceInit => ({ open: async (target, signal) => await openStream(options, target, signal) }),
      }),
      false: httpLink({ url, transformer: SuperJSON, headers, fetch: createTransport(options) }),
    }),
  ]
}

async function openStream(options: MaildockClientOptions, url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const headers = { ...(await buildRequestHeaders(options)), accept: 'text/event-stream' }
  const response = await sendRequest(options, url, { method: 'GET', headers, signal })
  if (!response.ok) {
    throw readFailure(await readText(response, signal), response)
  }
  if (response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    await response.body?.cancel()
    throw unexpectedAnswer(response, 'not an event stream')
  }
  return response.body
}
