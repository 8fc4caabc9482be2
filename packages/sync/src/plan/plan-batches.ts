import type { MessageAttributes } from '@maildock/mail'

export interface BatchLimits {
  readonly maxMessages: number
  readonly maxOctets: number
  /** A message larger than this is not downloaded. */
  readonly maxMessageOctets: number
}

/** Octets a batch may hold: bounds memory, and what a kill makes us fetch again. */
export const BATCH_LIMITS: BatchLimits = { maxMessages: 200, maxOctets: 8 * 1024 * 1024, maxMessageOctets: 50 * 1024 * 1024 }

/**
 * Splits messages, in the order given, into batches bounded by number and octets. A message larger than a batch is one of its own;
 * one over the limit counts as its header. The first batch is small, so that something can be read at once.
 */
export function planBatches<T extends Pick<MessageAttributes, 'sizeOctets'>>(
  messages: readonly T[],
  limits: BatchLimits,
  firstBatch = limits.maxMessages,
): T[][] {
  const batches: T[][] = []
  let batch: T[] = []
  let octets = 0
  for (const message of messages) {
    const weight = message.sizeOctets > limits.maxMessageOctets ? 0 : message.sizeOctets
    const room = batches.length === 0 ? Math.min(firstBatch, limits.maxMessages) : limits.maxMessages
    if (batch.length > 0 && (batch.length >= room || octets + weight > limits.maxOctets)) {
      batches.push(batch)
      batch = []
      octets = 0
    }
    batch.push(message)
    octets += weight
  }
  return batch.length === 0 ? batches : [...batches, batch]
}
