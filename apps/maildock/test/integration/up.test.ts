import { createServer } from 'node:net'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDataDir, eventually, runCommand, signUp, type Visitor } from './product.ts'
import { readyAt } from './ready-at.ts'

const PASSWORD = 'correct horse battery staple'

async function syncedAccount(visitor: Visitor): Promise<Record<string, unknown>> {
  const { body } = await eventually(
    () => visitor.call('GET', '/api/accounts'),
    ({ body: { accounts } }) => (accounts as { sync_status: string }[])[0]?.sync_status === 'synced',
  )
  return (body['accounts'] as Record<string, unknown>[])[0] ?? {}
}

describe('maildock up --demo', () => {
  it('goes from nothing to a synced mailbox, and finds it again after a restart and after kill -9', async () => {
    await using dataDir = await createDataDir()
    const env = { DATA_DIR: dataDir.path, PORT: '0', WORK_PROCESSES: '1' }
    let accountId: unknown
    {
      await using product = runCommand(['up', '--demo'], env)
      const { baseUrl, demo } = await readyAt(product)
      const visitor = await signUp(baseUrl, 'owner@example.com', PASSWORD)
      const connected = await visitor.call('POST', '/api/accounts', { ...demo, name: 'Demo' })
      expect(connected).toMatchObject({ status: 201, body: { success: true, account: { sync_status: 'pending', email: demo['email'] } } })
      accountId = (await syncedAccount(visitor))['id']
      const page = await visitor.call('GET', `/api/accounts/${String(accountId)}/messages?limit=50`)
      expect(page.status).toBe(200)
      const messages = page.body['messages'] as { id: string; subject: string; snippet: string }[]
      expect(new Set(messages.map(({ id }) => id)).size).toBe(50)
      for (const { subject, snippet } of messages) expect({ subject, snippet }).not.toMatchObject({ subject: '', snippet: '' })
      expect(await product.stop('SIGINT')).toBe(0)
      expect(product.output()).toContain('Stopping')
    }
    {
      await using product = runCommand(['up', '--demo'], env)
      await readyAt(product)
      expect(await product.stop('SIGKILL')).toBeNull()
    }
    await using product = runCommand(['up', '--demo'], env)
    const { baseUrl } = await readyAt(product)
    const visitor = await signIn(baseUrl)
    const accounts = await visitor('/api/accounts')
    expect(accounts).toMatchObject({ success: true, accounts: [{ id: accountId, sync_status: 'synced' }] })
  }, 240_000)

  it('says in one line which port is in use', async () => {
    await using dataDir = await createDataDir()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      await using product = runCommand(['up'], { DATA_DIR: dataDir.path, PORT: String(port) })
      expect(await product.ended()).toBe(1)
      expect(product.output()).toContain(`Port ${port} is in use by another program.`)
      expect(product.output()).not.toMatch(/^\s+at /mu)
    } finally {
      other.close()
    }
  }, 120_000)

  it('says in one line that the data folder cannot be written', async () => {
    await using dataDir = await createDataDir()
    await writeFile(join(dataDir.path, 'file'), '')
    await using product = runCommand(['up'], { DATA_DIR: join(dataDir.path, 'file', 'data'), PORT: '0' })
    expect(await product.ended()).toBe(1)
    expect(product.output()).toMatch(/^The data folder .* cannot be written\./mu)
    expect(product.output()).not.toMatch(/^\s+at /mu)
  })

  it('refuses a second start on the same data folder, in one line, without harming the first', async () => {
    await using dataDir = await createDataDir()
    const env = { DATA_DIR: dataDir.path, PORT: '0', WORK_PROCESSES: '1' }
    await using first = runCommand(['up'], env)
    const { baseUrl } = await readyAt(first)
    await using second = runCommand(['up'], env)
    expect(await second.ended()).toBe(1)
    expect(second.output()).not.toMatch(/^\s+at /mu)
    expect((await fetch(`${baseUrl}/readyz`)).status).toBe(200)
    expect(await readFile(join(dataDir.path, 'database-url'), 'utf8')).toMatch(/^postgres/u)
  }, 180_000)

  it('tells all problems of the configuration at once', async () => {
    await using product = runCommand(['up'], { PORT: '99999', LOG_LEVEL: 'loud' })
    expect(await product.ended()).toBe(1)
    expect(product.output()).toMatch(/2 problems/u)
  })
})

async function signIn(baseUrl: string): Promise<(path: string) => Promise<unknown>> {
  const response = await fetch(`${baseUrl}/api/session/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ email: 'owner@example.com', password: PASSWORD }),
  })
  expect(response.status).toBe(200)
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return async (path) => (await fetch(`${baseUrl}${path}`, { headers: { cookie } })).json()
}
