import type { Logger } from '@maildock/core'
import { Logger as QueueLogger } from 'graphile-worker'

/**
 * Hands the queue's own log lines to ours. Only ids cross: the queue attaches whole jobs and errors as metadata, and a
 * payload or a foreign text has no place in the log.
 */
export function createQueueLogger(logger: Logger): QueueLogger {
  return new QueueLogger((scope) => (level, message, meta) => {
    const fields = {
      ...(scope.workerId === undefined ? {} : { queueWorkerId: scope.workerId }),
      ...(scope.jobId === undefined ? {} : { jobId: scope.jobId }),
      ...(meta?.['error'] instanceof Error ? { error: meta['error'].name } : {}),
    }
    switch (level) {
      case 'error':
        logger.error(fields, message)
        return
      case 'warning':
        logger.warn(fields, message)
        return
      case 'info':
      case 'debug':
        // "Worker connected", "Completed task": true, but a line for each job says nothing an operator can use.
        logger.debug(fields, message)
        return
      default:
        level satisfies never
    }
  })
}
