import { parseCompactUuid, toCompactUuid, type Uuid } from '@maildock/core'

/** Names a submission to the servers that carry it (ENVID, RFC 3461 section 4.4): its id without hyphens. */
export function toEnvelopeId(id: Uuid): string {
  return toCompactUuid(id)
}

/** The submission a report names so; null when it is no name of ours. */
export function parseEnvelopeId(text: string): Uuid | null {
  return parseCompactUuid(text.trim())
}
