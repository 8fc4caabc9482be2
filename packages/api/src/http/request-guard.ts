import { MaildockError } from '@maildock/core'
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'

/** No input of the API is larger: a password has 1 024 characters. */
const BODY_LIMIT = '256kb'
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Compressed bodies are refused, not unpacked: a small bomb stays small. The text is parsed when it is needed, after the session. */
const readText = createTextReader(BODY_LIMIT)

/** Leaves a JSON body in `request.body` as text. */
export function createTextReader(limit: string | number): RequestHandler {
  return express.text({ type: 'application/json', limit, inflate: false })
}

export interface RequestGuardOptions {
  readonly publicUrl: string
  readonly allowedOrigins: readonly string[]
}

/** What writes pass first: with their body, or before it is read. */
export interface RequestGuards {
  readonly whole: RequestHandler
  readonly bodyLater: RequestHandler
}

/**
 * What every write passes before anything else is looked at, over REST and tRPC alike: it must not come from a foreign site by
 * the browser's hand, its body must be JSON, and small. Leaves the body in `request.body` as text, unless it is read later, by whoever knows the caller.
 */
export function createRequestGuard({ publicUrl, allowedOrigins }: RequestGuardOptions, { readsBody = true } = {}): RequestHandler {
  const origins = new Set([publicUrl, ...allowedOrigins].map((url) => new URL(url).origin))
  return (request: Request, response: Response, next: NextFunction) => {
    if (SAFE_METHODS.has(request.method)) {
      next()
    } else if (isForeign(request, origins)) {
      next(new MaildockError('request.origin_not_allowed'))
    } else if (hasBody(request) ? !request.is('application/json') : isForeignType(request)) {
      next(new MaildockError('request.unsupported_media_type'))
    } else if (readsBody) {
      readText(request, response, next)
    } else {
      next()
    }
  }
}

/**
 * A browser names the page that asks in `Origin` with every write, and cannot be made to leave it out. Programs name none. A request
 * that brings its own token instead of the browser's cookie is nobody else's: another site cannot set that header here. Only these
 * schemes count: Basic credentials are repeated by browsers as cookies are.
 */
function isForeign({ headers }: Request, origins: ReadonlySet<string>): boolean {
  if (/^bearer /iu.test(headers.authorization ?? '') || headers['x-service-key'] !== undefined) return false
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return false
  if (headers.origin !== undefined) return !origins.has(headers.origin) && !isOwnHost(headers.origin, headers.host)
  return site !== undefined && site !== 'none'
}

/** The page came from the very host and port that is asked, under whichever of its names; the cookie belongs to that name alone. */
function isOwnHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** An empty body needs no type; one that names another type than JSON is a form, whatever it holds. */
function isForeignType({ headers }: Request): boolean {
  const type = headers['content-type']
  return type !== undefined && !/^application\/json\s*(?:;|$)/iu.test(type)
}
