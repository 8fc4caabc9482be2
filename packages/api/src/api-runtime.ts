import { verifyMailServers, type VerifyMailServers } from '@maildock/mail'
import { createVerificationAttempts, type VerificationAttempts } from './accounts/verification-attempts.ts'
import { createVerificationSlots, type VerificationSlots } from './accounts/verification-slots.ts'
import { createWatchSlots, type WatchSlots } from './accounts/watch-slots.ts'
import type { ApiDeps } from './api-deps.ts'
import { createBodyBudget, type BodyBudget } from './http/body-budget.ts'
import { createServiceKeyCheck } from './http/service-keys.ts'

/** What use cases work with: what the API was handed, and what bounds it. One per process. */
export interface ApiRuntime extends ApiDeps {
  readonly verify: VerifyMailServers
  readonly verificationSlots: VerificationSlots
  readonly verificationAttempts: VerificationAttempts
  readonly watchSlots: WatchSlots
  readonly bodyBudget: BodyBudget
  /** Tells whether a presented key is a configured service key. Constant time. */
  readonly isServiceKey: (presented: string | undefined) => boolean
}

export function createApiRuntime(deps: ApiDeps): ApiRuntime {
  return {
    ...deps,
    verify: deps.verify ?? verifyMailServers,
    verificationSlots: createVerificationSlots(),
    verificationAttempts: createVerificationAttempts(deps.database.pool),
    watchSlots: createWatchSlots(),
    bodyBudget: createBodyBudget(),
    isServiceKey: createServiceKeyCheck(deps.serviceKeys),
  }
}
