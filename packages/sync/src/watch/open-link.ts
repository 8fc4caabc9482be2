import { setTimeout as delay } from 'node:timers/promises'
import type { SpecialUse } from '@maildock/core'
import { createImapSession, createImapWatch, openImapConnection } from '@maildock/mail'
import type { Admission, HostRefusal } from '../hosts/admission.ts'
import { signInAdmitted } from '../hosts/sign-in-admitted.ts'
import type { Pass } from '../pass.ts'
import { describeFailure } from '../plan/describe-failure.ts'
import type { SyncableAccount } from '../store/account-store.ts'
import { enqueueSync } from '../tasks/enqueue-sync.ts'
import { recordFailedPass } from '../tasks/record-failed-pass.ts'
import { lookAtMailbox, type Link } from './look-at-mailbox.ts'
import { NO_IDLE_FOR_MS, planWatchEnd } from './plan-watch-end.ts'
import type { WatchContext, Watched } from './watch-context.ts'
import { BUSY, OUTDATED, tryUnderLease, underLease } from './watch-lease.ts'

/** How a watch ended that did not fail: nobody should take it up before `forMs` have passed. */
export interface WatchEnd {
  readonly forMs: number
}

/** The claim says something that is not so any more; it is read anew. */
export const SOON: WatchEnd = { forMs: 5_000 }
/** A turn at the host is waited for in a login slot, which is one of all hosts. */
const TURN_PATIENCE_MS = 100
/** Between two tries, when there was no turn at the host, or a job was at the account. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 4_000
/** The host has as many connections as it allows. */
const FULL_FOR_MS = 5 * 60_000

/** Disposing says goodbye to the server, and gives the place at it back. */
export interface AdmittedLink extends Link, AsyncDisposable {}

/** Of the watches of an account, which one. */
export interface WatchPlace {
  readonly purpose: 'inbox' | 'sent'
  readonly specialUse: SpecialUse
}

/**
 * Opens a connection that watches a mailbox, which is brought up to date with it. What it waits for is always in this order:
 *
 * 1. a login slot of the process, with nothing in hand: whoever waited for one with a place at a host would keep others from that host;
 * 2. a place at the host, with the slot in hand and therefore not for long: a host that is slow must not have all slots;
 * 3. the account's lease, which is free or not: a job that has it does what there is to do. Signing in happens under it: two that try a password
 *    that is wrong do so one after the other, and the second knows of the first. Whoever gets no place or no lease gives back what it has, and pauses;
 * 4. once it is signed in it has its place alone, which lasts as long as the connection. The first look is as any later one (`underLease`): a pass
 *    slot, and then the lease, which keeps jobs away and is therefore not held while anything is waited for.
 *
 * Whoever waits for a login slot has no place that is still to be opened, whoever waits for a pass slot has neither slot nor lease, and nobody waits for
 * anything with a lease in hand: so it goes on. @throws what a pass throws, and the reasons of the signals
 */
export async function openLink(watched: Watched, place: WatchPlace): Promise<AdmittedLink | WatchEnd> {
  const opened = await signInInTurn(watched, place)
  return 'forMs' in opened ? opened : await beginWatching(watched, opened, place)
}

async function signInInTurn(watched: Watched, place: WatchPlace): Promise<AdmittedLink | WatchEnd> {
  const { loginSlots } = watched.context
  const { stop } = watched.signals
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const opened = await loginSlots.hold(stop, async () => trySignIn(watched, place))
    if (opened !== BUSY) {
      return opened
    }
    await delay(pauseMs * (0.5 + Math.random()), undefined, { signal: stop })
  }
}

/** What does not end with a link gives the place at the host back. */
async function trySignIn(watched: Watched, { purpose }: WatchPlace): Promise<AdmittedLink | WatchEnd | typeof BUSY> {
  const { context, claim, signals } = watched
  const { host, accountId } = claim
  const admission = await context.hosts.admit({ host, accountId, purpose, patienceMs: TURN_PATIENCE_MS }, signals.stop)
  if (!admission.admitted) {
    return admission.because === 'busy' ? BUSY : endAfterRefusal(admission)
  }
  let link: Link | null = null
  try {
    const signedIn = await tryUnderLease(watched, async (pass, account) => signIn(watched, { pass, account, admission }))
    if (signedIn === BUSY) {
      return BUSY
    }
    link = signedIn === OUTDATED ? null : signedIn
    return link === null ? SOON : hold(link, admission)
  } finally {
    if (link === null) {
      admission[Symbol.dispose]()
    }
  }
}

/** Spread: what was turned away together does not come back together. */
function endAfterRefusal({ because, retryAfterMs }: HostRefusal): WatchEnd {
  return { forMs: Math.round((because === 'full' ? FULL_FOR_MS : retryAfterMs) * (1 + Math.random())) }
}

function hold({ session, watch }: Link, admission: Admission): AdmittedLink {
  return {
    session,
    watch,
    [Symbol.asyncDispose]: async () => {
      try {
        await session[Symbol.asyncDispose]()
      } finally {
        admission[Symbol.dispose]()
      }
    },
  }
}

interface Login {
  readonly pass: Pass
  readonly account: SyncableAccount
  readonly admission: Admission
}

/** @returns null when there is nothing to sign in for, or the account's own failure was recorded: the job queue goes on from there */
async function signIn({ context, signals }: Watched, { pass, account, admission }: Login): Promise<Link | null> {
  const { vault, egress } = context
  const { server, username, sealedPassword, state } = account
  if (state.errorCode !== null || sealedPassword === null) {
    return null
  }
  try {
    const connection = await vault.withOpened(sealedPassword, { accountId: pass.accountId, field: 'imap_password' }, async (password) =>
      signInAdmitted(admission, async () => openImapConnection({ server, username, password }, { egress, signal: signals.abort })),
    )
    return {
      session: createImapSession(connection, signals.abort),
      watch: createImapWatch(connection, { signal: signals.abort }),
    }
  } catch (error) {
    signals.abort.throwIfAborted()
    return await judgeLogin(pass, error)
  }
}

async function judgeLogin(pass: Pass, error: unknown): Promise<null> {
  const failure = describeFailure(error)
  if (planWatchEnd({ class: failure.class, failures: 1 }, 0).do === 'record') {
    pass.logger.warn({ code: failure.code, class: failure.class }, 'An account can be watched no more; its failure is recorded.')
    await recordFailedPass(pass, failure)
    return null
  }
  throw error
}

/** Looks for the first time, and has the server tell of the rest. What does not end with the link closes it. */
async function beginWatching(watched: Watched, link: AdmittedLink, place: WatchPlace): Promise<AdmittedLink | WatchEnd> {
  let end: WatchEnd | null = SOON
  try {
    end = await lookFirst(watched, link, place)
    return end ?? link
  } finally {
    if (end !== null) {
      await link[Symbol.asyncDispose]()
    }
  }
}

/** @returns null when the link is worth keeping */
async function lookFirst(watched: Watched, link: Link, { purpose, specialUse }: WatchPlace): Promise<WatchEnd | null> {
  if (!link.watch.offered) {
    return { forMs: NO_IDLE_FOR_MS }
  }
  const outcome = await underLease(watched, async (pass, account) => lookAtMailbox(pass, link, { account, specialUse }))
  if (outcome === OUTDATED) {
    return SOON
  }
  if (outcome === 'no_mailbox') {
    return { forMs: NO_IDLE_FOR_MS }
  }
  if (outcome === 'time_up') {
    await enqueueRest(watched.context, watched.claim.accountId)
  }
  if (purpose === 'inbox') {
    await link.watch.coverAll()
  }
  return null
}

/** What a look has no time for is a job's: it has, and others can see to it as well. */
export async function enqueueRest({ pool }: WatchContext, accountId: string): Promise<void> {
  await enqueueSync(pool, { payload: { accountId, reason: 'continue' } })
}
