import { toMaildockError } from '@maildock/client'

export interface FailureMessage {
  readonly text: string
  /** What to quote when asking for help; only where the fault is the server's. */
  readonly requestId: string | null
}

const OURS: ReadonlySet<string> = new Set(['internal.error', 'service.unavailable'])

/** What happened before the server could say anything, in words for this page. */
const ON_THE_WAY: ReadonlyMap<string, string> = new Map([
  ['client.network', 'Maildock cannot be reached. Check your connection, then try again.'],
  ['client.timeout', 'Maildock took too long to answer. Try again in a moment.'],
  ['client.unexpected', 'Something unexpected happened on this page. Load it again.'],
  ['client.unexpected_response', 'Something other than Maildock answered. Load the page again.'],
])

/** One sentence for whatever was caught. The messages of the server are written for people, so they are shown as they are. */
export function describeFailure(failure: unknown): FailureMessage {
  const error = toMaildockError(failure)
  return {
    text: ON_THE_WAY.get(error.code) ?? addWait(error.message, error.retryAfterSeconds),
    requestId: OURS.has(error.code) ? (error.requestId ?? null) : null,
  }
}

const LONG_WAIT_SECONDS = 10

/** Says how long to wait, where that is known and longer than one would wait anyway: in place of "a moment". */
function addWait(message: string, retryAfterSeconds: number | undefined): string {
  if (retryAfterSeconds === undefined || retryAfterSeconds < LONG_WAIT_SECONDS) return message
  const [reason = message] = message.split(/(?<=\.)\s/u)
  const wait = retryAfterSeconds < 60 ? `${Math.ceil(retryAfterSeconds)} seconds` : `${Math.ceil(retryAfterSeconds / 60)} min`
  return `${reason} Try again in ${wait}.`
}
