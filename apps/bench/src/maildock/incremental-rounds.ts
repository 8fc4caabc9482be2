import type { Pool } from 'pg'
import { answerParent } from '../processes/in-own-process.ts'
import { startCountingRelay, type CountingRelay } from '../processes/counting-relay.ts'
import { openImapWire, type ImapWire, type ImapWireSettings } from '../rivals/imap-wire.ts'
import { createIsync } from '../rivals/isync.ts'
import { openEnginePasses, type EnginePasses, type EnginePassesOptions } from './engine-passes.ts'

export interface IncrementalSettings extends EnginePassesOptions {
  readonly wire: ImapWireSettings
  readonly caFile: string
  readonly certificate: { readonly cert: string; readonly key: string }
  /** For isync; null where it is not installed. */
  readonly isyncFolder: string | null
  /** In INBOX: UIDs from 1 to here. */
  readonly messages: number
  readonly rounds: number
}

/** Milliseconds and octets of each side, one a round. */
export interface IncrementalSamples {
  readonly unchanged: Record<'select' | 'open' | 'fresh' | 'isync' | 'selectOctets' | 'openOctets' | 'freshOctets', number[]>
  readonly flagChange: Record<'select' | 'open', number[]>
}

/** Once before it counts: a new session, a comparison that is due, pages that are not in memory. */
const WARM_UPS = 2

await answerParent(async (settings: IncrementalSettings): Promise<IncrementalSamples> => {
  await using stack = new AsyncDisposableStack()
  const { wire } = settings
  const relay = stack.use(await startCountingRelay({ ...wire, certificate: settings.certificate }))
  const relayed = { ...wire, port: relay.port }
  const engine = stack.use(openEnginePasses(settings))
  const sides: Sides = {
    settings,
    relay,
    engine,
    relayed,
    session: stack.use(await engine.openSession(wire)),
    relayedSession: stack.use(await engine.openSession(relayed)),
    raw: stack.use(await openRaw(wire)),
    relayedRaw: stack.use(await openRaw(relayed)),
    writer: stack.use(await openImapWire(wire)),
  }
  await sides.writer.command('SELECT INBOX')
  const samples: IncrementalSamples = {
    unchanged: { select: [], open: [], fresh: [], isync: [], selectOctets: [], openOctets: [], freshOctets: [] },
    flagChange: { select: [], open: [] },
  }
  for (let round = 0; round < WARM_UPS; round += 1) {
    await engine.run(sides.session)
    await engine.run(sides.relayedSession)
    await select(sides, sides.raw)
  }
  await measureUnchanged(sides, samples.unchanged)
  await measureFlagChanges(sides, samples.flagChange)
  return samples
})

interface Sides {
  readonly settings: IncrementalSettings
  readonly relay: CountingRelay
  readonly engine: EnginePasses
  readonly relayed: ImapWireSettings
  readonly session: Awaited<ReturnType<EnginePasses['openSession']>>
  readonly relayedSession: Awaited<ReturnType<EnginePasses['openSession']>>
  readonly raw: ImapWire
  readonly relayedRaw: ImapWire
  /** Somebody else who changes flags. */
  readonly writer: ImapWire
}

async function openRaw(wire: ImapWireSettings): Promise<ImapWire> {
  const raw = await openImapWire(wire)
  await raw.command('ENABLE QRESYNC')
  // Once Dovecot was asked this it looks through a Maildir whenever it opens it, over that connection. The engine asks it; so both sides do.
  await raw.command('LIST "" "*" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ))')
  return raw
}

/** Octets are counted in runs of their own: the relay costs time. */
async function measureUnchanged(sides: Sides, samples: IncrementalSamples['unchanged']): Promise<void> {
  const { settings, engine, relay, relayed } = sides
  const isync =
    settings.isyncFolder === null ? null : createIsync({ ...settings.wire, caFile: settings.caFile, folder: settings.isyncFolder })
  // What it has never seen is not unchanged.
  await isync?.pull()
  const counted = async (use: () => Promise<unknown>): Promise<number> => {
    const before = relay.octets
    await use()
    return relay.octets - before
  }
  for (let round = 0; round < settings.rounds; round += 1) {
    await leaveInbox(sides.raw)
    samples.select.push(await select(sides, sides.raw))
    await engine.leaveInbox(sides.session)
    samples.open.push(await engine.run(sides.session))
    samples.fresh.push(await runFresh(engine, settings.wire))
    if (isync !== null) samples.isync.push((await isync.pull()) * 1000)
    await leaveInbox(sides.relayedRaw)
    samples.selectOctets.push(await counted(async () => select(sides, sides.relayedRaw)))
    await engine.leaveInbox(sides.relayedSession)
    samples.openOctets.push(await counted(async () => engine.run(sides.relayedSession)))
    samples.freshOctets.push(await counted(async () => runFresh(engine, relayed)))
  }
  await isync?.clear()
}

/** Signing in, a pass, signing out. */
async function runFresh(engine: EnginePasses, wire: ImapWireSettings): Promise<number> {
  const startedAt = performance.now()
  {
    await using session = await engine.openSession(wire)
    await engine.run(session)
  }
  return performance.now() - startedAt
}

/** One flag of one message changes; both sides look, in turn the one and the other first. The bare side begins where the database stands. */
async function measureFlagChanges(sides: Sides, samples: IncrementalSamples['flagChange']): Promise<void> {
  const { settings, engine, session, raw, writer } = sides
  for (let round = 0; round < settings.rounds; round += 1) {
    const uid = 1 + Math.floor(Math.random() * settings.messages)
    const known = await readKnownState(engine.pool, settings.accountId)
    await Promise.all([engine.leaveInbox(session), leaveInbox(raw)])
    await writer.command(`UID STORE ${uid} +FLAGS.SILENT (\\Flagged)`)
    const looks = [
      async () => void samples.select.push(await select(sides, raw, known)),
      async () => void samples.open.push(await engine.run(session)),
    ]
    for (const look of round % 2 === 0 ? looks : looks.toReversed()) await look()
    await assertFlagged(engine.pool, settings.accountId, uid)
    await writer.command(`UID STORE ${uid} -FLAGS.SILENT (\\Flagged)`)
    await engine.leaveInbox(session)
    await engine.run(session)
    await select(sides, raw)
  }
}

/** The barest way to learn what changed: INBOX opened anew from a known state (RFC 7162). @returns milliseconds */
async function select({ settings, engine }: Sides, raw: ImapWire, known?: string): Promise<number> {
  const from = known ?? (await readKnownState(engine.pool, settings.accountId))
  const startedAt = performance.now()
  await raw.command(`EXAMINE INBOX (QRESYNC (${from}))`)
  return performance.now() - startedAt
}

/** As the engine does: an INBOX that is open is opened anew at no cost, which nobody who has anything else to look at comes by. */
async function leaveInbox(raw: ImapWire): Promise<void> {
  await raw.command('EXAMINE Trash')
}

/** UIDVALIDITY and HIGHESTMODSEQ as the database has them. */
async function readKnownState(pool: Pool, accountId: string): Promise<string> {
  const { rows } = await pool.query<{ known: string }>(
    `select uid_validity || ' ' || highest_modseq as known from mailbox where account_id = $1 and special_use = '\\Inbox'`,
    [accountId],
  )
  if (rows[0] === undefined) throw new Error('The database knows no INBOX.')
  return rows[0].known
}

async function assertFlagged(pool: Pool, accountId: string, uid: number): Promise<void> {
  const { rowCount } = await pool.query(
    `select 1 from placement join mailbox on mailbox.account_id = placement.account_id and mailbox.id = placement.mailbox_id
     where placement.account_id = $1 and special_use = '\\Inbox' and uid = $2 and '\\Flagged' = any(flags)`,
    [accountId, uid],
  )
  if (rowCount !== 1) throw new Error('The change of a flag did not reach the database.')
}
