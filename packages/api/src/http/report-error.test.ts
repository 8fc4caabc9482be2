import { MaildockError, silentLogger, type Logger } from '@maildock/core'
import { describe, expect, it, vi } from 'vitest'
import { reportError } from './report-error.ts'

const createLogger = () => ({ ...silentLogger, error: vi.fn<Logger['error']>(), debug: vi.fn<Logger['debug']>() })

describe('the log of refusals', () => {
  it('has faults of ours with their cause', () => {
    const logger = createLogger()
    const cause = new Error('why')
    reportError(logger, new MaildockError('internal.error', { cause }), { requestId: 'r', path: 'accounts.list', gone: false })
    expect(logger.error).toHaveBeenCalledWith(
      { code: 'internal.error', requestId: 'r', path: 'accounts.list', err: cause },
      expect.any(String),
    )
  })

  it.each([
    ['what callers do wrong', new MaildockError('validation.failed', { cause: new Error('what they typed') }), false],
    ['what breaks off when they leave', new MaildockError('internal.error', { cause: new Error('aborted') }), true],
  ])('has %s for debugging alone, without cause', (_name, error, gone) => {
    const logger = createLogger()
    reportError(logger, error, { requestId: 'r', path: 'accounts.connect', gone })
    expect(logger.error).not.toHaveBeenCalled()
    expect(logger.debug).toHaveBeenCalledWith({ code: error.code, requestId: 'r', path: 'accounts.connect' }, expect.any(String))
  })
})
