export { type ApiContext } from './api-context.ts'
export { type ApiDeps } from './api-deps.ts'
export { appRouter, type ApiInputs, type ApiOutputs, type AppRouter } from './app-router.ts'
export { httpStatusOf, trpcCodeOf } from './errors/error-table.ts'
export { answerBrokenRequests } from './http/answer-broken-requests.ts'
export { createHttpApp } from './http/create-http-app.ts'
export { HTTP_SERVER_OPTIONS } from './http/http-server-options.ts'
export { MAX_BATCH_SIZE } from './http/trpc-handler.ts'
export {
  createSessions,
  type EmbeddedSessions,
  type ExternalSessions,
  type Sessions,
  type SessionsOptions,
} from './session/create-sessions.ts'
export {
  type EmbeddedSignIn,
  type Session,
  type SessionGate,
  type SessionListItem,
  type SessionRequest,
  type SessionUser,
  type SignedIn,
  type SignInOrigin,
} from './session-gate.ts'
export { sweepExpired } from './session/sweep-expired.ts'
export { type MaildockErrorData } from './trpc.ts'
