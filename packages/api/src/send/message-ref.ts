import { isUuid, parseCompactUuid, toCompactUuid, type Uuid } from '@maildock/core'

/** A submission as the send contract names it: `msg_` and its id without hyphens; `sb_msg_` when it was only checked. */
export function toMessageRef({ id, sandbox }: { readonly id: Uuid; readonly sandbox: boolean }): string {
  return `${sandbox ? 'sb_msg_' : 'msg_'}${toCompactUuid(id)}`
}

/** The id such a name stands for; null when it is none. An id of ours is taken as well. */
export function parseMessageRef(text: string): Uuid | null {
  const hex = /^(?:sb_)?msg_(?<hex>[0-9a-f]{32})$/u.exec(text)?.groups?.['hex']
  return hex !== undefined ? parseCompactUuid(hex) : isUuid(text) ? text.toLowerCase() : null
}
