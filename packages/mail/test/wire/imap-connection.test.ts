import { drip, expectCommand, expectLine, flood, hangUp, send, startScriptedServer, type Step } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { openImapConnection, type OpenImapConnectionOptions } from '../../src/index.ts'
import { createWireStand, IMAP_GREETING, type WireStand } from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

const LOGIN: readonly Step[] = [
  IMAP_GREETING,
  expectCommand('AUTHENTICATE'),
  send('{tag} OK [CAPABILITY IMAP4rev1 NAMESPACE COMPRESS=DEFLATE ENABLE CONDSTORE IMAP4rev2] in\r\n'),
]
const NAMESPACE: readonly Step[] = [expectCommand('NAMESPACE'), send('* NAMESPACE (("" "/")) NIL NIL\r\n{tag} OK done\r\n')]
const ENABLE: readonly Step[] = [expectCommand('ENABLE'), send('* ENABLED CONDSTORE\r\n{tag} OK done\r\n')]
const READY: readonly Step[] = [...LOGIN, ...NAMESPACE, ...ENABLE]

async function open(steps: readonly Step[], options: Partial<OpenImapConnectionOptions> = {}) {
  const stack = new AsyncDisposableStack()
  const server = stack.use(await startScriptedServer({ steps, certificate: stand.certificate, implicitTls: true }))
  const opening = openImapConnection(
    { server: { protocol: 'imap', host: 'localhost', port: server.port, tls: 'implicit' }, username: 'ada', password: 'secret-password' },
    { egress: stand.egress, deadlineMs: 3000, ...options },
  )
  return { stack, server, opening }
}

describe('openImapConnection', () => {
  test('tells the library of an open session: no second login, no compression, no IMAP4rev2', async () => {
    const { stack, server, opening } = await open(READY)
    await using _ = stack
    await using connection = await opening
    expect(connection.capabilities.has('CONDSTORE')).toBe(true)
    expect(connection.client.capabilities.has('COMPRESS=DEFLATE')).toBe(false)
    expect(server.surprises).toEqual([])
    const commands = server.lines.map((line) => line.split(' ').slice(1).join(' '))
    expect(commands).toEqual([
      expect.stringMatching(/^AUTHENTICATE PLAIN \S+$/u),
      'NAMESPACE',
      expect.stringMatching(/^ENABLE .*CONDSTORE/u),
    ])
    expect(commands[2]).not.toMatch(/IMAP4rev2|QRESYNC/iu)
  })

  test.each([
    ['hangs up after the login', [...LOGIN, hangUp], { code: 'upstream.unavailable', class: 'transient' }],
    [
      'says BYE after the login',
      [...LOGIN, send('* BYE shutting down\r\n')],
      { code: 'upstream.unavailable', class: 'transient', serverResponse: 'BYE shutting down' },
    ],
    [
      'answers with a line without end',
      [...LOGIN, expectCommand('NAMESPACE'), flood('x', 8_000_000)],
      { code: 'sync.server_error', class: 'protocol' },
    ],
    [
      'sends a literal bomb',
      [...LOGIN, expectCommand('NAMESPACE'), send('* X {4294967295}\r\n')],
      { code: 'sync.server_error', class: 'protocol' },
    ],
    [
      'tells only now that the login was not good',
      [...LOGIN, expectCommand('NAMESPACE'), send('{tag} BAD User is authenticated but not connected.\r\n')],
      { code: 'imap.authentication_failed', class: 'credential' },
    ],
  ] as const)('fails with a fault when a server %s', async (_what, steps, fault) => {
    const { stack, server, opening } = await open(steps)
    await using _ = stack
    await expect(opening).rejects.toMatchObject({ name: 'MailFault', stage: 'ready', ...fault })
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
  })

  test.each([
    ['never answers', [...LOGIN]],
    ['drips', [...LOGIN, expectCommand('NAMESPACE'), drip('* NAMESPACE '.repeat(500), 10)]],
  ] as const)('ends at its deadline when a server %s', async (_what, steps) => {
    const { stack, server, opening } = await open(steps, { deadlineMs: 2_000 })
    await using _ = stack
    await expect(opening).rejects.toMatchObject({ name: 'MailFault', code: 'host.timeout', stage: 'ready', class: 'transient' })
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
  })

  test('throws the reason of the caller when the caller gives up', async () => {
    const caller = new AbortController()
    const { stack, server, opening } = await open([IMAP_GREETING], { signal: caller.signal })
    await using _ = stack
    await expect.poll(() => server.connections, { timeout: 15_000 }).toBe(1)
    caller.abort(new Error('shutting down'))
    await expect(opening).rejects.toThrow('shutting down')
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
  })

  test('the signal of the caller ends an open connection too', async () => {
    const caller = new AbortController()
    const { stack, server, opening } = await open(READY, { signal: caller.signal })
    await using _ = stack
    const connection = await opening
    const closed = Promise.withResolvers<void>()
    connection.client.once('close', closed.resolve)
    caller.abort()
    await closed.promise
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
  })

  test('destroy ends a command that is never answered', async () => {
    const { stack, server, opening } = await open(READY)
    await using _ = stack
    const connection = await opening
    const command = connection.client.noop()
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(1)
    connection.destroy()
    const error: unknown = await command.then(
      () => undefined,
      (failure: unknown) => failure,
    )
    expect(connection.translateError(error, true)).toMatchObject({ code: 'host.timeout', stage: 'ready' })
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
  })

  test('logs out when it is disposed of', async () => {
    const { stack, server, opening } = await open([...READY, expectCommand('LOGOUT'), send('* BYE see you\r\n{tag} OK done\r\n')])
    await using _ = stack
    const connection = await opening
    await connection[Symbol.asyncDispose]()
    expect(server.lines.at(-1)).toMatch(/ LOGOUT$/u)
    await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
  })

  test('a command the server throttles is a fault with the time to stay away', async () => {
    const { stack, opening } = await open([
      ...READY,
      expectCommand('LIST'),
      send('* LIST () "/" INBOX\r\n{tag} OK done\r\n'),
      expectLine(/^(?<tag>\S+) (?:LSUB|EXAMINE) /u),
      send('* LSUB () "/" INBOX\r\n{tag} NO [LIMIT] Request is throttled. Suggested Backoff Time: 1 milliseconds\r\n'),
      expectLine(/^(?<tag>\S+) (?:LSUB|EXAMINE) /u),
      send('{tag} NO [LIMIT] Request is throttled. Suggested Backoff Time: 1 milliseconds\r\n'),
    ])
    await using _ = stack
    await using connection = await opening
    const error: unknown = await connection.client.mailboxOpen('INBOX', { readOnly: true }).then(
      () => undefined,
      (failure: unknown) => failure,
    )
    expect(connection.translateError(error)).toMatchObject({ code: 'upstream.rate_limited', class: 'throttle', retryAfterMs: 1 })
  })
})
