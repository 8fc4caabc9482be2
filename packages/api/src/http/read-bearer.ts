/**
 * What a header `Authorization: Bearer …` presents (RFC 6750 section 2.1); null without one. Another scheme, as a proxy may add, is not ours
 * to judge. An empty text is presented, too: it is not good.
 */
export function readBearer(header: string | undefined): string | null {
  if (header === undefined) return null
  const match = /^bearer(?: +|$)/iu.exec(header.slice(0, 64))
  return match === null ? null : header.slice(match[0].length).trim()
}
