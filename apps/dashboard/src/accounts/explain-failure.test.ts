import type { VerificationFailure } from '@maildock/client'
import { VERIFICATION_CODES } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { explainFailure, FAILURE_CAUSES } from './explain-failure.ts'

function failure(code: VerificationFailure['code'], protocol: VerificationFailure['protocol']): VerificationFailure {
  return { code, protocol, stage: 'auth', hint: 'A hint.' }
}

describe('every verification code', () => {
  it.each(VERIFICATION_CODES)('%s has a title, a meaning and something to do', (code) => {
    const { title, meaning, steps } = FAILURE_CAUSES[code]
    expect(title).toMatch(/^[A-Z].*[^.]$/u)
    expect(meaning).toMatch(/\.$/u)
    expect(steps.length).toBeGreaterThan(0)
    for (const step of steps) expect(step).toMatch(/^[A-Z].*\.$/u)
  })

  it('has no words for codes that do not exist', () => {
    expect(new Set(Object.keys(FAILURE_CAUSES))).toEqual(new Set(VERIFICATION_CODES))
  })
})

describe('the culprit', () => {
  it.each([
    ['host.not_found', 'imap', false, 'imapHost'],
    ['host.not_found', 'smtp', false, 'smtpHost'],
    ['host.unreachable', 'smtp', false, 'smtpPort'],
    ['tls.unsupported', 'imap', false, 'imapTls'],
    ['imap.authentication_failed', 'imap', true, 'password'],
    ['smtp.authentication_failed', 'smtp', false, 'password'],
    ['smtp.authentication_failed', 'smtp', true, 'smtpPassword'],
    ['imap.disabled', 'imap', false, 'username'],
  ] as const)('of %s at %s (own SMTP sign-in: %s) is %s', (code, protocol, separate, field) => {
    expect(explainFailure(failure(code, protocol), separate).culprit).toBe(field)
  })

  it('says the same of a host that does not exist and of one that is not allowed', () => {
    expect(FAILURE_CAUSES['host.not_found']).toBe(FAILURE_CAUSES['host.not_allowed'])
  })
})
