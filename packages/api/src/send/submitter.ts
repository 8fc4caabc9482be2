import type { Uuid } from '@maildock/core'
import type { Session } from '../session-gate.ts'

/** Who sends, and what he may: the holder of an API key, or a person. */
export interface Submitter {
  readonly userId: Uuid
  /** Null: a person with a session. */
  readonly keyId: Uuid | null
  /** The only account it may send from. Null: every account of the user. */
  readonly allowedAccountId: Uuid | null
  /** Name of the plan; null means the configured default. */
  readonly plan: string | null
}

export function toSubmitter({ userId, plan }: Session): Submitter {
  return { userId, keyId: null, allowedAccountId: null, plan }
}
