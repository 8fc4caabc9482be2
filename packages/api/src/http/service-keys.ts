import { createHash, timingSafeEqual } from 'node:crypto'

/** Tells whether a presented key is one of the configured ones. Compares digests, all of them, in constant time. */
export function createServiceKeyCheck(serviceKeys: readonly string[]): (presented: string | undefined) => boolean {
  const known = serviceKeys.map(digest)
  return (presented) => {
    if (presented === undefined || presented === '') return false
    const offered = digest(presented)
    return known.filter((key) => timingSafeEqual(key, offered)).length > 0
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

interface ServiceKeyHeaders {
  readonly 'x-service-key'?: string | string[] | undefined
  readonly authorization?: string | undefined
}

/** The key of an internal service: `X-Service-Key`, or a Bearer token. */
export function readServiceKey(headers: ServiceKeyHeaders): string | undefined {
  const named = headers['x-service-key']
  if (named !== undefined) return typeof named === 'string' ? named : undefined
  return /^bearer +(?<key>\S+)$/iu.exec(headers.authorization ?? '')?.groups?.['key']
}
