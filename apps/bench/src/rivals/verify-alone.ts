import { createEgressPolicy, verifyMailServers, type VerifyMailServersInput } from '@maildock/mail'
import { answerParent } from '../processes/in-own-process.ts'
import { runConcurrently } from '../processes/run-concurrently.ts'

export interface VerifyAloneSettings {
  readonly inputs: readonly VerifyMailServersInput[]
  readonly concurrency: number
  readonly allowHosts: readonly string[]
  readonly allowPorts: readonly number[]
  readonly ca: string
}

/** Verifies the same logins by the library alone: no HTTP, no database, no vault. Gives the seconds it took. */
await answerParent(async ({ inputs, concurrency, allowHosts, allowPorts, ca }: VerifyAloneSettings) => {
  const egress = createEgressPolicy({ allowHosts: [...allowHosts], allowPorts: [...allowPorts], extraCa: [ca] })
  const startedAt = performance.now()
  await runConcurrently(inputs, concurrency, async (input) => {
    const verification = await verifyMailServers(input, { egress })
    if (!verification.ok) throw new Error(`A verification failed: ${verification.failures[0].code}`)
  })
  return (performance.now() - startedAt) / 1000
})
