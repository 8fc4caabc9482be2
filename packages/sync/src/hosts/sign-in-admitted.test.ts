import type { VerificationStage } from '@maildock/core'
import { MailFault, type MailFaultClass } from '@maildock/mail'
import { expect, it } from 'vitest'
import type { Admission } from './admission.ts'
import { signInAdmitted } from './sign-in-admitted.ts'

/** What the gate was told. */
async function tell(open: () => Promise<void>): Promise<readonly string[]> {
  const told: string[] = []
  const admission: Admission = {
    admitted: true,
    begun: () => void told.push('begun'),
    opened: () => void told.push('opened'),
    answered: () => void told.push('answered'),
    failed: (code, early) => void told.push(`failed ${code} ${early ? 'early' : 'late'}`),
    refused: (retryAfterMs) => void told.push(`refused ${retryAfterMs}`),
    [Symbol.dispose]: () => void told.push('disposed'),
  }
  await Promise.allSettled([signInAdmitted(admission, open)])
  return told
}

async function fail(faultClass: MailFaultClass, stage: VerificationStage): Promise<readonly string[]> {
  return tell(async () => {
    throw new MailFault({ code: 'upstream.unavailable', stage, class: faultClass, hint: 'no', retryAfterMs: 7 })
  })
}

it.each<[MailFaultClass, VerificationStage, string[]]>([
  ['credential', 'auth', ['begun', 'answered']],
  ['permission', 'auth', ['begun', 'answered']],
  ['account', 'auth', ['begun', 'answered']],
  ['mailbox', 'ready', ['begun', 'answered']],
  // A host that answers to nobody yet.
  ['permission', 'greeting', ['begun']],
  ['account', 'connect', ['begun']],
  ['protocol', 'auth', ['begun']],
  ['tls', 'tls', ['begun']],
  ['transient', 'auth', ['begun', 'failed upstream.unavailable late']],
  ['transient', 'connect', ['begun', 'failed upstream.unavailable early']],
  ['throttle', 'auth', ['begun', 'refused 7']],
])('a fault of class %s at stage %s tells the gate: %j', async (faultClass, stage, told) => {
  expect(await fail(faultClass, stage)).toEqual(told)
})

it('tells of what is opened, and nothing of what is no fault of a mail server', async () => {
  expect(await tell(async () => undefined)).toEqual(['begun', 'opened'])
  expect(await tell(async () => Promise.reject(new Error('ours')))).toEqual(['begun'])
})
