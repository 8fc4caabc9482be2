import { toPublicResponse } from './scrub-secrets.ts'

const MAX_DEPTH = 5

/** What is left of a foreign error that may be logged. */
class ForeignError extends Error {
  override readonly name: string
  readonly code: string | undefined

  constructor(name: string, message: string, details: { code: string | undefined; cause?: Error | undefined }) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.name = name
    this.code = details.code
  }
}

/**
 * An error as a cause that can be logged: names, codes, messages and where it happened. Properties of libraries are left behind, and every
 * form of the secret is cut out: servers echo what they were sent, and libraries put that into messages.
 */
export function toLoggableCause(error: unknown, secretForms: readonly string[], depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth >= MAX_DEPTH) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const message = toPublicResponse(error.message, secretForms) ?? '[removed]'
  const cause = toLoggableCause(error.cause, secretForms, depth + 1)
  const copy = new ForeignError(error.name, message, { code, cause })
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line))
  copy.stack = [`${error.name}: ${message}`, ...frames.slice(0, 20)].join('\n')
  return copy
}
