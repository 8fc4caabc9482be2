import { createTestAuthority, type ServerCertificate } from '@maildock/testkit'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createEgressPolicy,
  createImapSession,
  createImapWatch,
  openImapConnection,
  type EgressPolicy,
  type ImapSession,
  type ImapWatch,
  type ImapWatchOptions,
} from '../../src/index.ts'
import { startIdlingServer, type IdlingServer } from './idling-server.ts'

let certificate: ServerCertificate
let egress: EgressPolicy
beforeAll(async () => {
  const authority = await createTestAuthority()
  certificate = await authority.issue({ names: ['localhost', '127.0.0.1'] })
  egress = createEgressPolicy({ allowHosts: ['127.0.0.1/32'], allowPorts: [[1024, 65_535]], extraCa: [authority.caCertificate] })
})

interface Stand extends AsyncDisposable {
  readonly server: IdlingServer
  readonly session: ImapSession
  readonly watch: ImapWatch
}

/** Signed in, INBOX open and seen. */
async function open(options: ImapWatchOptions = {}, capabilities = 'IDLE'): Promise<Stand> {
  const server = await startIdlingServer(certificate, capabilities)
  const connection = await openImapConnection(
    { server: { protocol: 'imap', host: '127.0.0.1', port: server.port, tls: 'implicit' }, username: 'u', password: 'p' },
    { egress, deadlineMs: 20_000, signal: options.signal },
  )
  const session = createImapSession(connection, options.signal)
  const watch = createImapWatch(connection, options)
  const stand = {
    server,
    session,
    watch,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
  await look(stand)
  return stand
}

/** As a pass does. */
async function look({ session, watch }: Pick<Stand, 'session' | 'watch'>): Promise<void> {
  watch.beginLook()
  const { exists } = await session.examine('INBOX')
  watch.sawExists(exists)
}

async function untilCommands({ server }: Stand, name: string, count: number): Promise<void> {
  await vi.waitFor(() => expect(server.commands.filter((command) => command === name).length).toBeGreaterThanOrEqual(count), {
    timeout: 20_000,
    interval: 5,
  })
}

/** Taken at once, so that it is never an unhandled one. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (error: unknown) => error,
  )
}

describe('news', () => {
  it.each([
    ['a message that came', '* 4 EXISTS\r\n'],
    ['a message that went', '* 2 EXPUNGE\r\n'],
    ['flags that changed', '* 1 FETCH (FLAGS (\\Seen))\r\n'],
  ])('is %s, while it idles', async (_what, said) => {
    await using stand = await open()
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.server.say(said)
    expect(await outcome).toBe('changed')
  })

  it('is not what the server says to pass the time', async () => {
    await using stand = await open({ probeAfterMs: 50 })
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.server.say('* OK Still here\r\n* 3 EXISTS\r\n* 0 RECENT\r\n')
    await untilCommands(stand, 'NOOP', 2)
    stand.watch.interrupt()
    expect(await outcome).toBe('interrupted')
  })

  it('that came between two commands is not missed', async () => {
    await using stand = await open()
    stand.server.say('* 4 EXISTS\r\n')
    await stand.session.getStatus('INBOX')
    expect(await stand.watch.untilChanged()).toBe('changed')
    expect(stand.server.commands).not.toContain('IDLE')
  })

  it('is over once the mailbox was opened again, and what comes after that is news', async () => {
    await using stand = await open()
    const first = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.server.exists = 4
    stand.server.say('* 4 EXISTS\r\n')
    await first
    await look(stand)
    expect(stand.server.commands.slice(-2)).toEqual(['DONE', 'EXAMINE INBOX'])
    const second = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 2)
    stand.server.say('* 5 EXISTS\r\n')
    expect(await second).toBe('changed')
  })

  it('is fetched by commands of our own, which end IDLE as those of the library do', async () => {
    await using stand = await open()
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.server.say('* 4 EXISTS\r\n')
    await outcome
    expect(await stand.session.fetchFlags({ from: 1, to: 9 }, { maxRows: 10 })).toEqual([])
    expect(stand.server.commands.slice(-3)).toEqual(['IDLE', 'DONE', 'UID FETCH 1:9 (UID FLAGS)'])
  })

  it('by the thousand is one wake-up, and leaves the connection in use (faults B14)', async () => {
    await using stand = await open()
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.server.say(Array.from({ length: 5_000 }, (_value, index) => `* ${index + 4} EXISTS\r\n`).join(''))
    expect(await outcome).toBe('changed')
    stand.server.exists = 5_003
    await look(stand)
    expect(stand.session.usable).toBe(true)
  })

  it('without end is no mailbox: the connection is given up (faults B14)', async () => {
    await using stand = await open({ maxNews: 1_000 })
    stand.server.say(Array.from({ length: 2_000 }, (_value, index) => `* ${index + 4} EXISTS\r\n`).join(''))
    await vi.waitFor(() => expect(stand.session.usable).toBe(false), { timeout: 20_000 })
    stand.watch.beginLook()
    await expect(stand.watch.untilChanged()).rejects.toMatchObject({ class: 'protocol' })
  })
})

describe('news of other mailboxes', () => {
  it.each([
    ['what changed in one', '* STATUS Sent (MESSAGES 2 UIDNEXT 9 UIDVALIDITY 7)\r\n'],
    ['a mailbox that came, went, or was renamed', '* LIST () "/" New ("OLDNAME" (Old))\r\n'],
  ])('is %s, where the server tells of them (RFC 5465)', async (_what, said) => {
    await using stand = await open({}, 'IDLE NOTIFY LIST-STATUS')
    await stand.watch.coverAll()
    expect(stand.watch.coversAll).toBe(true)
    expect(stand.server.commands.at(-1)).toBe(
      'NOTIFY SET (selected (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName))',
    )
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.server.say(said)
    expect(await outcome).toBe('elsewhere')
    // The next command ends IDLE; what it answers is no news.
    stand.watch.beginPass()
    await stand.session.listMailboxes()
    stand.watch.interrupt()
    expect(await stand.watch.untilChanged()).toBe('interrupted')
  })

  it('is none of what a command of ours is answered with', async () => {
    await using stand = await open({ probeAfterMs: 30_000 }, 'IDLE NOTIFY LIST-STATUS')
    await stand.watch.coverAll()
    await stand.session.listMailboxes()
    expect(await stand.watch.untilChanged(20)).toBe('due')
  })

  it.each(['NO [BADEVENT (MessageNew)] not these', 'BAD what'])('is not to be had from a server that says %s', async (refusal) => {
    await using stand = await open({}, 'IDLE NOTIFY LIST-STATUS')
    stand.server.manners = { onNotify: `{tag} ${refusal}\r\n` }
    await stand.watch.coverAll()
    expect(stand.watch.coversAll).toBe(false)
    await look(stand)
    expect(stand.session.usable).toBe(true)
  })

  it.each(['IDLE', 'IDLE LIST-STATUS', 'IDLE NOTIFY'])('is not asked for of a server that offers %s', async (capabilities) => {
    await using stand = await open({}, capabilities)
    await stand.watch.coverAll()
    expect([stand.watch.coversAll, stand.server.commands.some((command) => command.startsWith('NOTIFY'))]).toEqual([false, false])
  })

  it('from a server that never answers ends the connection (faults D1)', async () => {
    await using stand = await open({ answerWithinMs: 100 }, 'IDLE NOTIFY LIST-STATUS')
    stand.server.manners = { onNotify: '' }
    await expect(stand.watch.coverAll()).rejects.toMatchObject({ class: 'transient', code: 'host.timeout' })
    expect(stand.session.usable).toBe(false)
  })
})

describe('a server that', () => {
  it('has no IDLE is known by its capabilities', async () => {
    await using stand = await open({}, 'UIDPLUS')
    expect(stand.watch.offered).toBe(false)
  })

  it('is silent is asked for a sign of life, and idles again', async () => {
    await using stand = await open({ probeAfterMs: 20 })
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'NOOP', 3)
    expect(stand.server.commands.filter((command) => command !== 'CAPABILITY').slice(-4)).toEqual(
      expect.arrayContaining(['IDLE', 'DONE', 'NOOP']),
    )
    stand.watch.interrupt()
    expect(await outcome).toBe('interrupted')
  })

  it.each([
    ['never answers DONE', { onDone: null }],
    ['never lets it idle', { onIdle: '' }],
    ['answers DONE for another command', { onDone: '* OK well\r\n' }],
  ])('%s is given up within the deadline of the probe (faults B14, D1)', async (_what, manners) => {
    await using stand = await open({ probeAfterMs: 20, answerWithinMs: 100 })
    stand.server.manners = manners
    await expect(stand.watch.untilChanged()).rejects.toMatchObject({ class: 'transient', code: 'host.timeout' })
    expect(stand.session.usable).toBe(false)
  })

  it('ends IDLE by itself is let idle again, and given up when it goes on doing so (faults B14)', async () => {
    await using stand = await open()
    stand.server.manners = { onIdle: '+ idling\r\n{tag} OK enough\r\n' }
    expect(await stand.watch.untilChanged()).toBe('refused')
    expect(stand.server.commands.filter((command) => command === 'IDLE')).toHaveLength(5)
  })

  it.each(['NO', 'BAD'])('answers IDLE with %s is left to the sweep, and can still be asked', async (status) => {
    await using stand = await open()
    stand.server.manners = { onIdle: `{tag} ${status} not here\r\n` }
    expect(await stand.watch.untilChanged()).toBe('refused')
    await look(stand)
    expect(stand.session.usable).toBe(true)
  })

  it.each<[string, (server: IdlingServer) => void]>([
    ['hangs up', (server) => server.cut()],
    ['says BYE and hangs up (faults B2)', (server) => server.say('* BYE shutting down\r\n', 'and hang up')],
    ['says nonsense without end (faults B5)', (server) => server.say('x'.repeat(2 << 20))],
  ])('%s while it idles is a fault at once', async (_what, act) => {
    await using stand = await open({ probeAfterMs: 30_000 })
    const outcome = stand.watch.untilChanged()
    const failure = failureOf(outcome)
    await untilCommands(stand, 'IDLE', 1)
    act(stand.server)
    expect(await failure).toMatchObject({ name: 'MailFault' })
    expect(stand.session.usable).toBe(false)
  })
})

describe('the caller', () => {
  it('may interrupt before, while and after it waits, and the connection stays', async () => {
    await using stand = await open()
    const outcome = stand.watch.untilChanged()
    await untilCommands(stand, 'IDLE', 1)
    stand.watch.interrupt()
    expect(await outcome).toBe('interrupted')
    expect(await stand.watch.untilChanged()).toBe('interrupted')
    await stand.session[Symbol.asyncDispose]()
    expect(stand.server.commands.slice(-2)).toEqual(['DONE', 'LOGOUT'])
  })

  it('may want it back after a while, and then IDLE goes on until the next command', async () => {
    await using stand = await open()
    expect(await stand.watch.untilChanged(20)).toBe('due')
    await look(stand)
    expect(stand.server.commands.slice(-3)).toEqual(['IDLE', 'DONE', 'EXAMINE INBOX'])
  })

  it('may give up: the socket is destroyed and the wait ends with the reason', async () => {
    const caller = new AbortController()
    await using stand = await open({ signal: caller.signal })
    const outcome = stand.watch.untilChanged()
    const failure = failureOf(outcome)
    await untilCommands(stand, 'IDLE', 1)
    caller.abort(new Error('enough'))
    expect(await failure).toMatchObject({ message: 'enough' })
    await vi.waitFor(() => expect(stand.server.openConnections).toBe(0), { timeout: 20_000 })
  })
})
