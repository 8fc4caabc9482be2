import { ERROR_CATALOGUE, ERROR_CODES, MaildockError, type ErrorCode } from '@maildock/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { httpStatusOf, trpcCodeOf } from '../../src/index.ts'
import { connectBody } from '../fixture/connect-body.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const EMAIL = 'parity@example.org'
const INPUT = {
  email: EMAIL,
  imapHost: 'imap.example.org',
  imapPort: 993,
  smtpHost: 'smtp.example.org',
  smtpPort: 587,
  username: EMAIL,
  password: 'the-password',
}
let user: TestUser
beforeAll(async () => {
  user = await createTestUser()
})

/** What both ways of asking tell of the same refusal, in the spelling of REST. */
async function askBoth(error: unknown) {
  api().fake.throwOnce(error)
  const rest = await api().rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body: connectBody(EMAIL) })
  api().fake.throwOnce(error)
  const trpc = await api().trpc({ path: 'accounts.connect', type: 'mutation', input: INPUT, headers: user.bearer })
  const told = trpc.error?.data['maildock'] as { code: string; requestId: string; details?: object; retryAfter?: number }
  return {
    rest: {
      status: rest.status,
      code: rest.body['code'],
      message: rest.body['error'],
      retryAfter: rest.body['retry_after'],
      header: rest.headers.get('retry-after'),
      namesRequest: rest.body['request_id'] === rest.headers.get('x-request-id'),
    },
    trpc: {
      status: trpc.status,
      code: told.code,
      message: trpc.error?.message,
      retryAfter: told.retryAfter,
      header: trpc.headers.get('retry-after'),
      namesRequest: told.requestId === trpc.headers.get('x-request-id'),
    },
    trpcCode: trpc.error?.data['code'],
    details: { rest: rest.body['details'], trpc: told.details },
    text: `${rest.text}${JSON.stringify(trpc.error)}`,
  }
}

describe.each(ERROR_CODES.map((code) => ({ code })))('$code', ({ code }: { code: ErrorCode }) => {
  it('is told alike over REST and tRPC', async () => {
    const { rest, trpc, trpcCode } = await askBoth(new MaildockError(code))
    expect(rest).toEqual(trpc)
    expect(rest).toMatchObject({ status: httpStatusOf(code), code, message: ERROR_CATALOGUE[code].message, namesRequest: true })
    expect(trpcCode).toBe(trpcCodeOf(code))
  })
})

describe('beside the code', () => {
  it('the wait is told in seconds, in body and header', async () => {
    const { rest, trpc } = await askBoth(new MaildockError('rate.limited', { retryAfterSeconds: 42 }))
    expect(rest).toMatchObject({ retryAfter: 42, header: '42' })
    expect(rest).toEqual(trpc)
  })

  it('details are spelled as each way spells', async () => {
    const { details } = await askBoth(
      new MaildockError('imap.authentication_failed', { details: { serverResponse: 'NO', deep: [{ oneMore: 1 }] } }),
    )
    expect(details).toEqual({
      rest: { server_response: 'NO', deep: [{ one_more: 1 }] },
      trpc: { serverResponse: 'NO', deep: [{ oneMore: 1 }] },
    })
  })

  it('fields are named as each way names them', async () => {
    const rest = await api().rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body: { imap_port: 0, imapHost: 'x' } })
    const trpc = await api().trpc({
      path: 'accounts.connect',
      type: 'mutation',
      input: { imapPort: 0, imap_host: 'x' },
      headers: user.bearer,
    })
    const required = ['This field is required.']
    expect(rest.body['details']).toEqual({
      fieldErrors: {
        email: required,
        imap_host: required,
        imap_port: ['A port is a number from 1 to 65535.'],
        smtp_host: required,
        smtp_port: required,
        username: required,
        password: required,
        imapHost: ['This field is not known.'],
      },
      formErrors: [],
    })
    expect(trpc.error?.data['maildock']).toMatchObject({
      code: 'validation.failed',
      details: {
        fieldErrors: { imapPort: ['A port is a number from 1 to 65535.'], imapHost: required, imap_host: ['This field is not known.'] },
      },
    })
  })

  it.each([
    ['an error of ours without a code', new Error('SECRET: connection string')],
    ['an error of the database', Object.assign(new Error('SECRET: duplicate key'), { code: '23505', detail: 'SECRET' })],
    ['something that is no error', 'SECRET'],
    ['a code with a cause', new MaildockError('internal.error', { cause: new Error('SECRET') })],
  ])('nothing of the inside is told: %s', async (_name, error) => {
    const { rest, trpc, text } = await askBoth(error)
    expect(rest).toEqual(trpc)
    expect(rest).toMatchObject({ status: 500, code: 'internal.error' })
    expect(text).not.toContain('SECRET')
  })
})
