import { randomBytes } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecretsInDatabase, listSecretForms } from '@maildock/testkit'
import { expect, it } from 'vitest'
import { createDataDir, eventually, runCommand, signUp } from './product.ts'
import { readyAt } from './ready-at.ts'

/** Passwords of this run alone: whatever is found was left by it. */
const secret = (what: string): string => `${what} "${randomBytes(9).toString('hex')}" ü\\`

it('leaves no password in the database, in its files (write-ahead log included), in the log or in an answer', async () => {
  await using dataDir = await createDataDir()
  await using product = runCommand(['up', '--demo'], { DATA_DIR: dataDir.path, PORT: '0', WORK_PROCESSES: '1', LOG_LEVEL: 'trace' })
  const { baseUrl, demo } = await readyAt(product)
  const [person, renewed, wrong, wrongSmtp] = [secret('person'), secret('renewed'), secret('wrong'), secret('smtp')]
  const mailbox = String(demo['password'])

  const answers: string[] = []
  const visitor = await signUp(baseUrl, 'owner@example.com', person)
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await visitor.call(method, path, body)
    answers.push(JSON.stringify(answer.body))
    return answer.body
  }
  expect(await call('POST', '/api/accounts', { ...demo, password: wrong, smtp_password: wrongSmtp })).toMatchObject({ success: false })
  expect(await call('POST', '/api/accounts', demo)).toMatchObject({ success: true })
  const list = await eventually(
    () => call('GET', '/api/accounts'),
    ({ accounts }) => (accounts as { sync_status: string }[])[0]?.sync_status === 'synced',
  )
  const path = `/api/accounts/${(list['accounts'] as { id: string }[])[0]?.id ?? ''}`
  expect(await call('PATCH', path, { password: wrong })).toMatchObject({ success: false })
  expect(await call('PATCH', path, { password: mailbox, name: 'Demo' })).toMatchObject({ success: true })
  await call('GET', path)
  // Passwords that are refused before any server sees them must not come back in the explanation either.
  expect(await call('POST', '/api/accounts', { ...demo, imap_port: 'x', password: wrong })).toMatchObject({ code: 'validation.failed' })
  expect(await call('POST', '/api/session/password', { current_password: wrong, new_password: renewed })).toMatchObject({ success: false })
  expect(await call('POST', '/api/session/password', { current_password: person, new_password: renewed })).toMatchObject({ success: true })

  const secrets = [person, renewed, wrong, wrongSmtp, mailbox]
  const databaseUrl = await readFile(join(dataDir.path, 'database-url'), 'utf8')
  expect(await findSecretsInDatabase(databaseUrl, secrets)).toEqual([])
  // The search itself finds what is there.
  expect(await findSecretsInDatabase(databaseUrl, ['owner@example.com'])).toContainEqual({ secret: 0, table: 'auth."user"' })
  expect(await product.stop('SIGTERM')).toBe(0)

  const inText = (text: string): number[] =>
    secrets.flatMap((each, index) => (listSecretForms(each).some((form) => text.includes(form)) ? [index] : []))
  expect(inText(answers.join('\n'))).toEqual([])
  const files = globSync('**/*', { cwd: dataDir.path, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(500)
  const leaks: string[] = []
  for (const file of files) {
    const name = join(file.parentPath, file.name)
    if (inText(await readFile(name, 'latin1')).length > 0 || inText(await readFile(name, 'utf8')).length > 0) leaks.push(name)
  }
  expect(leaks).toEqual([])
  const log = await readFile(join(dataDir.path, 'maildock.log'), 'utf8')
  expect(log.split('\n').length).toBeGreaterThan(10)
  expect(log).not.toContain('owner@example.com')
  expect(log).not.toContain(String(demo['email']))
}, 180_000)
