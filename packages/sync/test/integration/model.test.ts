import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import * as fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeMail } from '../fixture/compose-mail.ts'
import { MemoryAccount } from '../fixture/memory-account.ts'
import { MemoryServer, type Misbehaviour } from '../fixture/memory-server.ts'

const database = useTestDatabase()
let pool: Pool
let parser: Parser
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'model', maxConnections: 4, logger: silentLogger })
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await pool.end()
})

/** What happens on the server between and during passes. Numbers choose among what is there. */
type Action =
  | { readonly kind: 'deliver'; readonly mailbox: number; readonly count: number }
  | { readonly kind: 'flag' | 'expunge' | 'move'; readonly mailbox: number; readonly message: number; readonly to: number }
  | { readonly kind: 'renumber'; readonly mailbox: number }
  | { readonly kind: 'pass'; readonly wrong: Wrong | null; readonly slice: boolean }

/** What happens in the middle of a pass: the connection is cut, a command refused, an answer short, or somebody else at work. */
interface Wrong {
  readonly how: 'cut' | 'refuse' | 'short' | 'deliver' | 'expunge' | 'renumber'
  /** At which command of the pass. */
  readonly at: number
}

/** Stories told in a test run. A failing one is replayed by its seed. */
const RUNS = 80

const PATHS = ['INBOX', 'Archive', 'Sent']
const FLAGS = [[], ['\\Seen'], ['\\Flagged', '\\Seen'], ['\\Answered']]

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), mailbox: fc.nat(2), count: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('flag' as const, 'expunge' as const, 'move' as const),
      mailbox: fc.nat(2),
      message: fc.nat(20),
      to: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renumber' as const), mailbox: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      wrong: fc.option(
        fc.record({
          how: fc.constantFrom(
            'cut' as const,
            'refuse' as const,
            'short' as const,
            'deliver' as const,
            'expunge' as const,
            'renumber' as const,
          ),
          at: fc.nat(16),
        }),
      ),
      slice: fc.boolean(),
    }),
  },
)

class World {
  readonly server: MemoryServer
  readonly account = new MemoryAccount({ pool, parser })
  #number = 0

  constructor(condstore: boolean, qresync: boolean) {
    this.server = new MemoryServer(condstore, qresync)
    this.server.create('Archive')
    this.server.create('Sent')
  }

  async act(step: Action): Promise<void> {
    const path = PATHS['mailbox' in step ? step.mailbox : 0] ?? 'INBOX'
    switch (step.kind) {
      case 'deliver':
        for (let count = 0; count < step.count; count += 1) {
          this.#number += 1
          this.server.deliver(path, Buffer.from(composeMail(this.#number)))
        }
        return
      case 'flag':
        this.server.flag(path, this.#pick(path, step.message), FLAGS[step.to] ?? [])
        return
      case 'expunge':
        this.server.expunge(path, this.#pick(path, step.message))
        return
      case 'move':
        this.server.move(path, this.#pick(path, step.message), PATHS[step.to % 3] ?? 'INBOX')
        return
      case 'renumber':
        this.server.renumber(path)
        return
      case 'pass':
        await this.pass(step.wrong, step.slice)
        return
      default:
        step satisfies never
    }
  }

  #pick(path: string, choice: number): number {
    const uids = [...(this.server.mailboxes.get(path)?.messages.keys() ?? [])]
    return uids[choice % Math.max(1, uids.length)] ?? 0
  }

  async pass(wrong: Wrong | null, slice: boolean): Promise<void> {
    this.server.misbehave = this.#misbehaveOnce(wrong)
    await this.account.pass(this.server.openSession(), slice)
  }

  #misbehaveOnce(wrong: Wrong | null): Misbehaviour {
    let command = -1
    return () => {
      command += 1
      if (wrong === null || command !== wrong.at) {
        return null
      }
      switch (wrong.how) {
        case 'deliver':
          this.#number += 1
          this.server.deliver('INBOX', Buffer.from(composeMail(this.#number)))
          return null
        case 'expunge':
          this.server.expunge('INBOX', this.#pick('INBOX', command))
          return null
        case 'renumber':
          this.server.renumber('Archive')
          return null
        case 'cut':
        case 'refuse':
        case 'short':
          return wrong.how
        default:
          return wrong.how satisfies never
      }
    }
  }

  /** Passes until nothing is left to do, long enough after what went wrong. */
  async settle(): Promise<void> {
    await this.account.letADayPass()
    for (let pass = 0; pass < 3; pass += 1) {
      await this.pass(null, false)
    }
  }

  onServer(): string[] {
    return [...this.server.mailboxes]
      .flatMap(([path, mailbox]) =>
        [...mailbox.messages.values()].map(({ uid, flags, source }) => `${path} ${uid} ${flags.toSorted().join(' ')} ${subjectOf(source)}`),
      )
      .toSorted()
  }
}

function subjectOf(source: Buffer): string {
  return /^Subject: (.*)$/mu.exec(source.toString())?.[1]?.trim() ?? ''
}

describe.each([
  ['that tells what changed', true, true],
  ['with mod-sequences', true, false],
  ['without', false, false],
])('whatever happens on a server %s, and whatever goes wrong on the way', (_name, condstore, qresync) => {
  it('the database ends equal to the server, with every message once and under its first id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 25 }), async (actions) => {
        const world = new World(condstore, qresync)
        await world.account.connect()
        const firstIds = new Map<string, string>()
        for (const step of actions) {
          await world.act(step)
          for (const [subject, id] of await world.account.ids()) {
            expect(firstIds.get(subject) ?? id).toBe(id)
            firstIds.set(subject, id)
          }
        }
        await world.settle()
        expect(await world.account.list()).toEqual(world.onServer())
      }),
      { numRuns: RUNS },
    )
  }, 120_000)
})
