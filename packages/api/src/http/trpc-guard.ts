import { MaildockError } from '@maildock/core'
import type { Request, RequestHandler, Response } from 'express'
import type { ApiRuntime } from '../api-runtime.ts'
import { authenticateKey } from '../keys/authenticate-key.ts'
import { MAX_SEND_BODY_OCTETS } from './body-budget.ts'
import type { RequestGuards } from './request-guard.ts'

/** The one call that carries attachments; not in a batch with others. */
const LARGE_PATH = '/send.message'

/** What typed calls pass first: as over REST, a small body at once, a large one when it is known whose it is. */
export function createTrpcGuard(runtime: ApiRuntime, { whole, bodyLater }: RequestGuards): RequestHandler {
  const readLarge = runtime.bodyBudget.createReader(MAX_SEND_BODY_OCTETS)
  const readWithKey = async (request: Request, response: Response): Promise<void> => {
    if ((await authenticateKey(runtime, request.headers.authorization)) === null) {
      throw new MaildockError('key.missing')
    }
    await readLarge(request, response)
  }
  return async (request, response, next) => {
    if (request.path !== LARGE_PATH || request.method !== 'POST') {
      await whole(request, response, next)
      return
    }
    const { promise: passed, resolve } = Promise.withResolvers<unknown>()
    await bodyLater(request, response, resolve)
    const refusal = await passed
    const [read] = refusal === undefined ? await Promise.allSettled([readWithKey(request, response)]) : []
    next(read?.status === 'rejected' ? read.reason : refusal)
  }
}
