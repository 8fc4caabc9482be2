export { type ApiDeps } from './api-deps.ts'
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
export { type MaildockErrorData } from './trpc.ts'
