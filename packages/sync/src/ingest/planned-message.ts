import type { Uuid } from '@maildock/core'
import type { MessageAttributes } from '@maildock/mail'
import type { WithheldApproach } from '../plan/plan-withheld.ts'

/** A message to be fetched, or to be linked to one that is known already. */
export interface PlannedMessage {
  readonly attributes: MessageAttributes
  readonly knownId: Uuid | null
  /** How it is asked for; a message that never failed is asked for with others. */
  readonly approach: WithheldApproach
}
