import { isUuid, type Uuid } from '@maildock/core'

/** Names a submission to the servers that carry it (ENVID, RFC 3461 section 4.4): its id without hyphens. */
export function toEnvelopeId(id: Uuid): string {
  return id.replaceAll('-', '')
}

/** The submission a report names so; null when it is no name of ours. */
export function parseEnvelopeId(text: string): Uuid | null {
  const id = text
    .trim()
    .toLowerCase()
    .replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/u, '$1-$2-$3-$4-$5')
  return isUuid(id) ? id : null
}
