import { createHash } from 'node:crypto'
import type { SendInput } from '@maildock/core'

/** What a request says beside its message. */
export interface PayloadContext {
  readonly sandbox: boolean
  readonly draftId?: string | undefined
}

/** Names what was asked for, whatever the order of its fields: the same key with another payload is refused. SHA-256. */
export function hashPayload({ idempotencyKey: _key, ...payload }: SendInput, context: PayloadContext): Buffer {
  const canonical = JSON.stringify({ ...payload, ...context }, (_name, value: unknown) => (isPlain(value) ? sortFields(value) : value))
  return createHash('sha256').update(canonical).digest()
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sortFields(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
