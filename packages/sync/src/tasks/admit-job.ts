import { ERROR_CATALOGUE, type SyncReason } from '@maildock/core'
import type { Admission, HostRefusal } from '../hosts/admission.ts'
import type { HostGate } from '../hosts/host-gate.ts'
import type { Pass } from '../pass.ts'
import type { SyncableAccount } from '../store/account-store.ts'
import type { NextJob } from './enqueue-sync.ts'
import { recordFailedPass } from './record-failed-pass.ts'

/** A job that waits keeps others from running: a host that is slow must not have all of them. */
const PATIENCE_MS = 2_000

/** A person waits for these. */
const URGENT: ReadonlySet<SyncReason> = new Set(['connect', 'manual', 'changed'])

/** Asks for the right to sign in at the account's server. @throws the reason of the pass's signal */
export async function admitJob(
  { hosts }: { readonly hosts: HostGate },
  { accountId, signal }: Pass,
  { account, reason }: { readonly account: SyncableAccount; readonly reason: SyncReason },
): Promise<Admission | HostRefusal> {
  const { host, port } = account.server
  return hosts.admit(
    { host: `${host.toLowerCase()}:${port}`, accountId, purpose: 'job', urgent: URGENT.has(reason), patienceMs: PATIENCE_MS },
    signal,
  )
}

/**
 * A host that is down is the account's failure as if it had been tried: told after the same time, tried again by the same plan. One that has no
 * room for now is none; the job comes again.
 */
export async function settleRefusal(pass: Pass, { because, code, retryAfterMs }: HostRefusal, reason: SyncReason): Promise<NextJob | null> {
  const { accountId } = pass
  if (because === 'down') {
    await recordFailedPass(pass, { class: 'transient', code, message: ERROR_CATALOGUE[code].message, retryAfterMs })
    return null
  }
  return { payload: { accountId, reason }, runAt: new Date(Date.now() + retryAfterMs * (0.5 + Math.random())) }
}
