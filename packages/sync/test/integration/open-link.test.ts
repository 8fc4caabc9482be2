import { silentLogger } from '@maildock/core'
import { acquireLease, releaseLease, type Lease } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AdmissionRequest } from '../../src/hosts/admission.ts'
import { HostGate } from '../../src/hosts/host-gate.ts'
import { createSharedHosts } from '../../src/hosts/host-store.ts'
import type { SharedHosts } from '../../src/hosts/shared-hosts.ts'
import { SourceMemory } from '../../src/ingest/source-memory.ts'
import { keepWatching } from '../../src/watch/keep-watching.ts'
import { openLink, SOON, type AdmittedLink, type WatchEnd } from '../../src/watch/open-link.ts'
import { Seats } from '../../src/watch/seats.ts'
import { createSlots, type Slots } from '../../src/watch/slots.ts'
import type { WatchContext } from '../../src/watch/watch-context.ts'
import type { WatchClaim } from '../../src/watch/watch-store.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'
import { PATIENCE, WatchDesk } from '../fixture/watch-desk.ts'

const database = useTestDatabase()
let stage: MailStage
let desk: WatchDesk
let parser: Parser
beforeAll(async () => {
  stage = await openMailStage(database)
  desk = new WatchDesk(database, stage)
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await stage[Symbol.asyncDispose]()
})

vi.setConfig({ testTimeout: 60_000 })

const never = new AbortController().signal
const INBOX = { purpose: 'inbox', specialUse: '\\Inbox' } as const

/** A gate that counts who asks. */
class CountingGate extends HostGate {
  asked = 0

  override async admit(request: AdmissionRequest, signal: AbortSignal): ReturnType<HostGate['admit']> {
    this.asked += 1
    return super.admit(request, signal)
  }
}

interface Desk extends WatchContext {
  readonly hosts: CountingGate
}

/** A process that may sign in, and look, one at a time. */
function openProcess(shared?: SharedHosts): Desk {
  const { pool, vault, egress } = stage
  return {
    pool,
    vault,
    egress,
    parser,
    memory: new SourceMemory(),
    logger: silentLogger,
    workerId: 'w',
    hosts: new CountingGate({ logger: silentLogger, shared }),
    loginSlots: createSlots(1),
    passSlots: createSlots(1),
    seats: new Seats(),
    confirm: () => undefined,
  }
}

const HOST = 'mail.example:993'

function claimOf({ id, userId }: StagedAccount, host: string): WatchClaim {
  return { accountId: id, userId, host, revision: 1, sincePassMs: 0, connectionCap: null }
}

async function open(context: WatchContext, account: StagedAccount, host = HOST): Promise<AdmittedLink | WatchEnd> {
  return openLink({ context, claim: claimOf(account, host), signals: { stop: never, abort: never } }, INBOX)
}

async function close(opened: AdmittedLink | WatchEnd): Promise<void> {
  expect(opened).not.toHaveProperty('forMs')
  if ('session' in opened) {
    await opened[Symbol.asyncDispose]()
  }
}

/** Takes a slot. @returns what gives it back */
function occupy(slots: Slots): () => Promise<void> {
  const over = Promise.withResolvers<void>()
  const held = slots.hold(never, async () => over.promise)
  return async () => {
    over.resolve()
    await held
  }
}

async function takeLease(account: StagedAccount): Promise<Lease> {
  const lease = await acquireLease(stage.pool, { accountId: account.id, holder: 'test', ttlMs: 60_000 })
  if (lease === null) {
    throw new Error('The lease must be free.')
  }
  return lease
}

describe('a watch that is to be opened', () => {
  it('asks for no place at the host before it has a login slot', async () => {
    const [context, account] = [openProcess(), await desk.connectSynced()]
    const leave = occupy(context.loginSlots)
    const opening = open(context, account)
    await vi.waitFor(() => expect(context.loginSlots.waiting).toBe(1), PATIENCE)
    expect(context.hosts.asked).toBe(0)
    await leave()
    await close(await opening)
    expect(context.hosts.asked).toBe(1)
  })

  it('gives slot and lease back once it is signed in, and waits for its first look with neither', async () => {
    const [context, account, other] = [openProcess(), await desk.connectSynced(), await desk.connectSynced()]
    const leave = occupy(context.passSlots)
    const opening = open(context, account)
    await vi.waitFor(() => expect(context.passSlots.waiting).toBe(1), PATIENCE)
    expect(await desk.countConnections(account)).toBe(1)
    await releaseLease(stage.pool, await takeLease(account))
    const next = open(context, other)
    await desk.untilConnections(other, 1)
    await leave()
    await close(await opening)
    await close(await next)
  })

  it('holds nothing while a job is at its account: others sign in', async () => {
    const [context, account, other] = [openProcess(), await desk.connectSynced(), await desk.connectSynced()]
    const lease = await takeLease(account)
    const opening = open(context, account)
    await vi.waitFor(() => expect(context.hosts.asked).toBeGreaterThan(1), PATIENCE)
    await close(await open(context, other))
    expect(await desk.countConnections(account)).toBe(0)
    await releaseLease(stage.pool, lease)
    await close(await opening)
  })

  it('leaves the try at a host that is down to others while a job is at its account', async () => {
    const host = 'down.example:993'
    const shared = createSharedHosts(stage.pool)
    const context = openProcess(shared)
    const [account, other] = [await desk.connectSynced(), await desk.connectSynced()]
    for (let failures = 0; failures < 3; failures += 1) {
      await shared.record(host, { type: 'failed', accountId: account.id, code: 'host.timeout', early: true })
    }
    await stage.pool.query('UPDATE mail_host SET not_before = now() WHERE host = $1', [host])
    const lease = await takeLease(account)
    const opening = open(context, account, host)
    await vi.waitFor(() => expect(context.hosts.asked).toBeGreaterThan(1), PATIENCE)
    await close(await open(context, other, host))
    await releaseLease(stage.pool, lease)
    await close(await opening)
  })

  it('does not keep its login slot while its host has no turn for it: others sign in', async () => {
    const [context, account, other] = [openProcess(), await desk.connectSynced(), await desk.connectSynced()]
    const slow = 'slow.example:993'
    const asked = { host: slow, accountId: 'a', purpose: 'inbox' } as const
    const underWay = await Promise.all(Array.from({ length: 8 }, async () => context.hosts.admit(asked, never)))
    const opening = open(context, account, slow)
    await vi.waitFor(() => expect(context.hosts.asked).toBe(9), PATIENCE)
    await close(await open(context, other))
    expect(await desk.countConnections(account)).toBe(0)
    for (const admission of underWay) {
      if (admission.admitted) admission[Symbol.dispose]()
    }
    await close(await opening)
  })

  it('tries a password that is wrong once, and another one at the same account knows of it (faults R)', async () => {
    const [context, account] = [{ ...openProcess(), loginSlots: createSlots(2) }, await stage.connect({ password: 'not the password' })]
    expect(await Promise.all([open(context, account), open(context, account)])).toEqual([SOON, SOON])
    expect(await desk.countRefusals(account)).toBe(1)
    await desk.untilFailures(account, 1)
  })

  it('gives its place at the host back when it is closed', async () => {
    const [context, account] = [openProcess(), await desk.connectSynced()]
    const surplus: number[] = []
    context.hosts.onSurplus = (_host, count) => surplus.push(count)
    const opened = await open(context, account)
    const refuse = async (accountId: string): Promise<void> => {
      const admission = await context.hosts.admit({ host: HOST, accountId, purpose: 'job', urgent: true }, never)
      if (admission.admitted) admission.refused()
    }
    await refuse('x')
    await refuse('y')
    // One is open, and one is all there may be, for jobs.
    expect(surplus).toEqual([1])
    await close(opened)
    await refuse('z')
    expect(surplus).toEqual([1])
  })
})

describe('a watch that is interrupted', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('is none while it pauses: there is no connection to be given up', async () => {
    const [context, account] = [openProcess(), await desk.connectSynced()]
    // The first pause is two seconds at most.
    vi.spyOn(Math, 'random').mockReturnValue(0.99)
    const told: { readonly isWatching: boolean; readonly at: number }[] = []
    const stop = new AbortController()
    const claim = claimOf(account, HOST)
    const watching = keepWatching({ context, claim, signals: { stop: stop.signal, abort: never } }, (isWatching) =>
      told.push({ isWatching, at: performance.now() }),
    )
    await vi.waitFor(() => expect(told).toHaveLength(1), PATIENCE)
    await stage.dovecot.doveadm('kick', account.user)
    await vi.waitFor(() => expect(told).toHaveLength(3), PATIENCE)
    stop.abort(new Error('enough'))
    await watching
    expect(told.map(({ isWatching }) => isWatching)).toEqual([true, false, true, false])
    expect((told[2]?.at ?? 0) - (told[1]?.at ?? 0)).toBeGreaterThan(1_900)
  })
})
