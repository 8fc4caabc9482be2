import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { RequestHandler } from 'express'
import helmet, { type HelmetOptions } from 'helmet'

type Directives = Record<string, readonly string[]>

/** Answers of the API are data: nothing in them may run, load or be framed, whatever a browser makes of them. */
const DATA_POLICY: Directives = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }

/** The dashboard: everything from here alone, nothing inline; images may be data, for icons in style sheets. */
const PAGE_POLICY: Directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  frameSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
}

/** The API page: Swagger UI sets styles inline. */
const API_PAGE_POLICY: Directives = { ...PAGE_POLICY, styleSrc: ["'self'", "'unsafe-inline'"] }

/** Security headers of API answers. */
export function createDataHeaders(publicUrl: string): RequestHandler {
  return setOnce(
    helmet({
      ...commonOptions(publicUrl),
      contentSecurityPolicy: { useDefaults: false, directives: DATA_POLICY },
      // They say something about documents; an answer here is none.
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  )
}

/** Security headers of the dashboard's pages. */
export function createPageHeaders(publicUrl: string): RequestHandler {
  return helmet({ ...commonOptions(publicUrl), contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY } })
}

/** Security headers of the API page. */
export function createApiPageHeaders(publicUrl: string): RequestHandler {
  return helmet({ ...commonOptions(publicUrl), contentSecurityPolicy: { useDefaults: false, directives: API_PAGE_POLICY } })
}

function commonOptions(publicUrl: string) {
  return {
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Over plain HTTP, as on one's own machine, browsers ignore it or worse.
    strictTransportSecurity: publicUrl.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  } as const satisfies HelmetOptions
}

/** Runs a middleware that always sets the same headers once, and sets what it set from then on: the hot path pays for no more. */
function setOnce(middleware: ReturnType<typeof helmet>): RequestHandler {
  const recorded = new ServerResponse(new IncomingMessage(new Socket()))
  middleware(recorded.req, recorded, () => undefined)
  const headers = Object.entries(recorded.getHeaders()).map(([name, value]) => [name, String(value)] as const)
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    next()
  }
}
