import { MaildockError } from '@maildock/core'
import type { RequestHandler } from 'express'
import type { IncomingHttpHeaders } from 'node:http'
import type { ApiRuntime } from '../api-runtime.ts'
import { authenticateKey } from '../keys/authenticate-key.ts'
import { MAX_SEND_BODY_OCTETS } from './body-budget.ts'
import type { RequestGuards } from './request-guard.ts'

type Authenticate = (runtime: ApiRuntime, headers: IncomingHttpHeaders) => Promise<unknown>

const requireSession: Authenticate = async ({ sessions }, { cookie, authorization }) =>
  requireCaller(await sessions.authenticate({ cookieHeader: cookie, authorizationHeader: authorization }), 'session.missing')

/** The calls that carry attachments, or a long text, each by whom it is made; not in a batch with others. */
const LARGE_PATHS: ReadonlyMap<string, Authenticate> = new Map([
  ['/send.message', async (runtime, { authorization }) => requireCaller(await authenticateKey(runtime, authorization), 'key.missing')],
  ['/submissions.send', requireSession],
  ['/drafts.attach', requireSession],
  ['/drafts.save', requireSession],
])

function requireCaller(caller: unknown, missing: 'key.missing' | 'session.missing'): void {
  if (caller === null) {
    throw new MaildockError(missing)
  }
}

/** What typed calls pass first: as over REST, a small body at once, a large one when it is known whose it is. */
export function createTrpcGuard(runtime: ApiRuntime, { whole, bodyLater }: RequestGuards): RequestHandler {
  const readLarge = runtime.bodyBudget.createReader(MAX_SEND_BODY_OCTETS)
  return async (request, response, next) => {
    const authenticate = LARGE_PATHS.get(request.path)
    if (authenticate === undefined || request.method !== 'POST') {
      await whole(request, response, next)
      return
    }
    const readOfCaller = async (): Promise<void> => {
      await authenticate(runtime, request.headers)
      await readLarge(request, response)
    }
    const { promise: passed, resolve } = Promise.withResolvers<unknown>()
    await bodyLater(request, response, resolve)
    const refusal = await passed
    const [read] = refusal === undefined ? await Promise.allSettled([readOfCaller()]) : []
    next(read?.status === 'rejected' ? read.reason : refusal)
  }
}
