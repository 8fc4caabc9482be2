import type { LogFields, Logger } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { createQueueLogger } from './queue-logger.ts'

type Line = readonly [level: string, fields: LogFields, message: string]

function recordingLogger(lines: Line[]): Logger {
  const record = (level: string) => (fields: LogFields, message: string) => void lines.push([level, fields, message])
  const logger: Logger = { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error'), child: () => logger }
  return logger
}

describe('createQueueLogger', () => {
  it.each([
    ['error', 'error'],
    ['warn', 'warn'],
    ['info', 'debug'],
    ['debug', 'debug'],
  ] as const)('passes %s on as %s', (level, expected) => {
    const lines: Line[] = []
    createQueueLogger(recordingLogger(lines))[level]('Something happened')
    expect(lines).toEqual([[expected, {}, 'Something happened']])
  })

  it('keeps payloads and error texts out of the fields', () => {
    const lines: Line[] = []
    const logger = createQueueLogger(recordingLogger(lines)).scope({ workerId: 'worker-1', jobId: '7' })
    logger.error('Failed', { job: { payload: { secret: 'canary' } }, error: new TypeError('canary') })
    expect(lines).toEqual([['error', { queueWorkerId: 'worker-1', jobId: '7', error: 'TypeError' }, 'Failed']])
  })
})
