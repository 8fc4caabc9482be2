import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { accountsRouter } from './accounts/accounts-router.ts'
import { campaignsRouter } from './campaigns/campaigns-router.ts'
import { draftsRouter } from './drafts/drafts-router.ts'
import { keysRouter } from './keys/keys-router.ts'
import { mailboxesRouter } from './mailboxes/mailboxes-router.ts'
import { messagesRouter } from './messages/messages-router.ts'
import { sendRouter } from './send/send-router.ts'
import { sessionRouter } from './session/session-router.ts'
import { submissionsRouter } from './submissions/submissions-router.ts'
import { suppressionsRouter } from './suppressions/suppressions-router.ts'
import { syncRouter } from './sync/sync-router.ts'
import { router } from './trpc.ts'

/** Every procedure. What a procedure works with comes with each request's context, so there is one router for all. */
export const appRouter = router({
  accounts: accountsRouter,
  mailboxes: mailboxesRouter,
  messages: messagesRouter,
  sync: syncRouter,
  campaigns: campaignsRouter,
  session: sessionRouter,
  send: sendRouter,
  keys: keysRouter,
  drafts: draftsRouter,
  submissions: submissionsRouter,
  suppressions: suppressionsRouter,
})

export type AppRouter = typeof appRouter
export type ApiInputs = inferRouterInputs<AppRouter>
export type ApiOutputs = inferRouterOutputs<AppRouter>
