import { createTransport } from 'nodemailer'
import { answerParent } from '../processes/in-own-process.ts'
import { runConcurrently } from '../processes/run-concurrently.ts'

export interface NodemailerPoolSettings {
  readonly host: string
  readonly port: number
  readonly ca: string
  readonly username: string
  readonly password: string
  readonly messages: number
  readonly concurrency: number
  readonly text: string
}

/** Sends the same messages by nodemailer with its pool, and stores nothing. Gives the seconds it took; one was sent before, so that a connection stands. */
await answerParent(async ({ host, port, ca, username, password, messages, concurrency, text }: NodemailerPoolSettings) => {
  const transport = createTransport({ pool: true, host, port, requireTLS: true, tls: { ca }, auth: { user: username, pass: password } })
  const send = async (index: number): Promise<void> => {
    await transport.sendMail({ from: username, to: `customer${index}@bench.example.com`, subject: 'Your order', text })
  }
  await send(0)
  const startedAt = performance.now()
  await runConcurrently(
    Array.from({ length: messages }, (_, index) => index),
    concurrency,
    send,
  )
  const seconds = (performance.now() - startedAt) / 1000
  transport.close()
  return seconds
})
