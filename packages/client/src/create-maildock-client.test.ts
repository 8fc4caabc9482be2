import { describe, expect, test } from 'vitest'
import { answer, openScriptedMaildock, refuse } from '../test/scripted-maildock.ts'
import { createMaildockClient } from './create-maildock-client.ts'
import type { MaildockClient } from './maildock-client.ts'

const input = { id: 'a-1' } as never

/** Every call of the facade, with the request it must become. */
const calls: readonly [procedure: string, method: 'GET' | 'POST', call: (client: MaildockClient) => Promise<unknown>, sends: unknown][] = [
  ['accounts.list', 'GET', (client) => client.accounts.list(), undefined],
  ['accounts.get', 'GET', (client) => client.accounts.get(input), input],
  ['accounts.connect', 'POST', (client) => client.accounts.connect(input), input],
  ['accounts.update', 'POST', (client) => client.accounts.update(input), input],
  ['accounts.disconnect', 'POST', (client) => client.accounts.disconnect(input), input],
  ['mailboxes.list', 'GET', (client) => client.mailboxes.list(input), input],
  ['mailboxes.update', 'POST', (client) => client.mailboxes.update(input), input],
  ['messages.list', 'GET', (client) => client.messages.list(input), input],
  ['messages.get', 'GET', (client) => client.messages.get(input), input],
  ['sync.run', 'POST', (client) => client.sync.run(input), input],
  ['sync.run', 'POST', (client) => client.sync.run(), {}],
  ['sync.overview', 'GET', (client) => client.sync.overview(), undefined],
  ['session.current', 'GET', (client) => client.session.current(), undefined],
  ['session.signIn', 'POST', (client) => client.session.signIn(input), input],
  ['session.signUp', 'POST', (client) => client.session.signUp(input), input],
  ['session.signOut', 'POST', (client) => client.session.signOut(), undefined],
  ['session.changePassword', 'POST', (client) => client.session.changePassword(input), input],
  ['session.list', 'GET', (client) => client.session.list(), undefined],
  ['session.revoke', 'POST', (client) => client.session.revoke(input), input],
  ['session.revokeOthers', 'POST', (client) => client.session.revokeOthers(), undefined],
  ['keys.list', 'GET', (client) => client.keys.list(), undefined],
  ['keys.create', 'POST', (client) => client.keys.create(input), input],
  ['keys.revoke', 'POST', (client) => client.keys.revoke(input), input],
  ['suppressions.list', 'GET', (client) => client.suppressions.list(), {}],
  ['suppressions.add', 'POST', (client) => client.suppressions.add(input), input],
  ['suppressions.remove', 'POST', (client) => client.suppressions.remove(input), input],
  ['campaigns.report', 'POST', (client) => client.campaigns.report(input), input],
]

describe('the facade', () => {
  test.each(calls)('%s is a %s', async (procedure, method, call, sends) => {
    const result = { at: new Date(0), count: 2n ** 60n }
    await using server = await openScriptedMaildock((_, response) => answer(response, result))
    await expect(call(createMaildockClient({ baseUrl: server.baseUrl }))).resolves.toEqual(result)
    expect(server.requests).toEqual([expect.objectContaining({ procedure, method, input: sends })])
  })

  test('writes are JSON: the server refuses a cookie with anything else', async () => {
    await using server = await openScriptedMaildock((_, response) => answer(response, {}))
    await createMaildockClient({ baseUrl: server.baseUrl }).session.signOut()
    expect(server.requests[0]?.headers['content-type']).toBe('application/json')
  })
})

describe('an error of the server', () => {
  test('arrives with everything it was told with', async () => {
    await using server = await openScriptedMaildock((_, response) =>
      refuse(response, { status: 409, code: 'account.already_connected', message: 'Connected.', details: { since: new Date(0) } }),
    )
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.connect(input)).rejects.toMatchObject({
      name: 'MaildockError',
      code: 'account.already_connected',
      message: 'Connected.',
      httpStatus: 409,
      requestId: 'request-1',
      details: { since: new Date(0) },
    })
  })
})

test('the tRPC client underneath shares deadline, retries and credentials', async () => {
  await using server = await openScriptedMaildock(({ turn }, response) => (turn === 1 ? response.destroy() : answer(response, [])))
  const client = createMaildockClient({ baseUrl: server.baseUrl, token: 'abc' })
  await expect(client.trpc.accounts.list.query()).resolves.toEqual([])
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer abc', 'Bearer abc'])
})

test('a client is refused a base URL that is none, before the first call', () => {
  expect(() => createMaildockClient({ baseUrl: 'mail.example.com' })).toThrow('neither an http(s) URL nor a path')
})
