import type { RequestHandler } from 'express'
import helmet from 'helmet'

type Directives = Record<string, readonly string[]>

/** Answers of the API are data: nothing in them may run, load or be framed, whatever a browser makes of them. */
const DATA_POLICY: Directives = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }

/**
 * The dashboard and the API page: everything from here alone, no inline scripts. Inline styles are allowed, because component
 * libraries position their layers with them; images may be data, for icons in style sheets.
 */
const PAGE_POLICY: Directives = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  frameSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
}

/** Security headers of API answers. */
export function createDataHeaders(publicUrl: string): RequestHandler {
  return createHeaders(publicUrl, DATA_POLICY)
}

/** Security headers of pages. */
export function createPageHeaders(publicUrl: string): RequestHandler {
  return createHeaders(publicUrl, PAGE_POLICY)
}

function createHeaders(publicUrl: string, directives: Directives): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Over plain HTTP, as on one's own machine, browsers ignore it or worse.
    strictTransportSecurity: publicUrl.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  })
}
