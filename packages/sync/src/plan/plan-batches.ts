import type { MessageAttributes } from '@maildock/mail'
import type { WithheldApproach } from './plan-withheld.ts'

export interface BatchLimits {
  readonly maxMessages: number
  readonly maxOctets: number
  /** A message larger than this is not downloaded. */
  readonly maxMessageOctets: number
}

/** Octets a batch may hold: bounds memory, and what a kill makes us fetch again. */
export const BATCH_LIMITS: BatchLimits = { maxMessages: 500, maxOctets: 4 * 1024 * 1024, maxMessageOctets: 50 * 1024 * 1024 }

/**
 * Splits messages, in the order given, into batches bounded by number and octets. A message larger than a batch is one of its own;
 * one over the limit counts as its header; one that is suspected to break the connection is alone. The first batch is small, so that
 * something can be read at once.
 */
export function planBatches<T extends Pick<MessageAttributes, 'sizeOctets'> & { readonly approach?: WithheldApproach }>(
  messages: readonly T[],
  limits: BatchLimits,
  firstBatch = limits.maxMessages,
): T[][] {
  const batches: T[][] = []
  let batch: T[] = []
  let octets = 0
  let isFull = false
  for (const message of messages) {
    const weight = message.sizeOctets > limits.maxMessageOctets ? 0 : message.sizeOctets
    const room = batches.length === 0 ? Math.min(firstBatch, limits.maxMessages) : limits.maxMessages
    const alone = message.approach !== undefined && message.approach !== 'with_others'
    if (batch.length > 0 && (isFull || alone || batch.length >= room || octets + weight > limits.maxOctets)) {
      batches.push(batch)
      batch = []
      octets = 0
    }
    isFull = alone
    batch.push(message)
    octets += weight
  }
  return batch.length === 0 ? batches : [...batches, batch]
}
