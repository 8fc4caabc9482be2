import { describe, expect, it } from 'vitest'
import { toVerificationError } from './verification-error.ts'

const imap = { code: 'host.timeout', protocol: 'imap', stage: 'connect', hint: 'Check the port.' } as const
const smtp = {
  code: 'smtp.authentication_failed',
  protocol: 'smtp',
  stage: 'auth',
  hint: 'Check the password.',
  serverResponse: '535',
} as const

describe('a failed verification', () => {
  it('of one server is told with its details', () => {
    expect(toVerificationError([smtp])).toMatchObject({
      code: 'smtp.authentication_failed',
      details: { protocol: 'smtp', stage: 'auth', hint: 'Check the password.', serverResponse: '535' },
    })
    expect(toVerificationError([smtp]).details).not.toHaveProperty('failures')
  })

  it('of both lists both under the code of the first', () => {
    expect(toVerificationError([imap, smtp])).toMatchObject({ code: 'host.timeout', details: { protocol: 'imap', failures: [imap, smtp] } })
  })
})
