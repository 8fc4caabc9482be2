import { silentLogger, type Uuid } from '@maildock/core'
import { countCredentialsByKey, type Database, newId, openDatabase } from '@maildock/db'
import { createVault, generateKeyRingEntry, parseKeyRing, type Vault } from '@maildock/vault'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { rotateCredentials } from '../../src/composition/rotate-credentials.ts'
import { type RunningCommand, runCommand } from './product.ts'

const testDatabase = useTestDatabase()
let opened: Database | undefined
const k1 = generateKeyRingEntry('k1')
const k2 = generateKeyRingEntry('k2')
const before = createVault(parseKeyRing(k1))
const during = createVault(parseKeyRing(`${k2},${k1}`))
const after = createVault(parseKeyRing(k2))

function database(): Database {
  opened ??= openDatabase({
    connectionString: testDatabase.connectionString,
    applicationName: 'test',
    maxConnections: 4,
    logger: silentLogger,
  })
  return opened
}

afterAll(async () => {
  await opened?.[Symbol.asyncDispose]()
})

async function storeAccount(vault: Vault, password: string): Promise<Uuid> {
  const id = newId()
  const { keyId, sealed } = vault.seal(password, { accountId: id, field: 'imap_password' })
  await database().prisma.account.create({
    data: {
      id,
      userId: newId(),
      email: `${id}@example.com`,
      emailKey: `${id}@example.com`,
      imapHost: 'mail.test',
      imapPort: 993,
      imapTls: 'implicit',
      imapUsername: 'u',
      smtpHost: 'mail.test',
      smtpPort: 465,
      smtpTls: 'implicit',
      smtpUsername: 'u',
      credentials: { create: { field: 'imap_password', keyId, sealed: Uint8Array.from(sealed) } },
    },
  })
  return id
}

async function openAll(vault: Vault): Promise<string[]> {
  const rows = await database().prisma.credential.findMany()
  return Promise.all(
    rows.map(({ accountId, keyId, sealed }) =>
      vault.withOpened({ keyId, sealed }, { accountId, field: 'imap_password' }, (password) => password),
    ),
  )
}

const rotate = (vault: Vault, signal = new AbortController().signal): ReturnType<typeof rotateCredentials> =>
  rotateCredentials(database(), vault, silentLogger, signal)

beforeEach(async () => {
  await database().pool.query('TRUNCATE account CASCADE')
  await database().pool.query('TRUNCATE key_canary')
})

describe('rotateCredentials', () => {
  it('seals everything with the first key, so that the old one may go; a second run finds nothing to do', async () => {
    const passwords = Array.from({ length: 450 }, (_, index) => `password ${index}`)
    for (const password of passwords) await storeAccount(before, password)
    expect(await rotate(during)).toEqual({ resealed: 450, unreadable: 0 })
    expect(new Set(await openAll(after))).toEqual(new Set(passwords))
    expect(await rotate(during)).toEqual({ resealed: 0, unreadable: 0 })
  })

  it('leaves every value readable when it is stopped half-way, and goes on when it is run again', async () => {
    const passwords = Array.from({ length: 250 }, (_, index) => `password ${index}`)
    for (const password of passwords) await storeAccount(before, password)
    const stop = new AbortController()
    const stopping: Vault = {
      ...during,
      reseal: (...args) => {
        stop.abort(new Error('stopped half-way'))
        return during.reseal(...args)
      },
    }
    // The signal is looked at before each page, and a page is two hundred values.
    await expect(rotate(stopping, stop.signal)).rejects.toThrow(/half-way/u)
    const keys = await countCredentialsByKey(database().pool)
    expect(keys.get('k1')).toBeGreaterThan(0)
    expect(keys.get('k2')).toBeGreaterThan(0)
    expect(new Set(await openAll(during))).toEqual(new Set(passwords))
    await Promise.all([rotate(during), rotate(during)])
    expect(new Set(await openAll(after))).toEqual(new Set(passwords))
  })

  it('passes by a value that no key opens, and says how many there are', async () => {
    const broken = await storeAccount(before, 'password')
    await storeAccount(before, 'another password')
    await database().prisma.credential.updateMany({ where: { accountId: broken }, data: { sealed: new Uint8Array(60) } })
    expect(await rotate(during)).toEqual({ resealed: 1, unreadable: 1 })
  })
})

const run = (keys: string): RunningCommand =>
  runCommand(['rotate-keys'], { DATABASE_URL: testDatabase.connectionString, CREDENTIAL_KEYS: keys, LOG_LEVEL: 'silent' })

describe('maildock rotate-keys', () => {
  it('does it from the command line', async () => {
    await storeAccount(before, 'password')
    await using command = run(`${k2},${k1}`)
    expect(await command.ended()).toBe(0)
    expect(command.output()).toBe('1 credentials are sealed with "k2" now.\n')
    expect(await openAll(after)).toEqual(['password'])
  })

  it('refuses to start without a key that is still needed, and names it', async () => {
    await storeAccount(before, 'password')
    await using command = run(k2)
    expect(await command.ended()).toBe(1)
    expect(command.output()).toContain('"k1" is missing')
    expect(await openAll(before)).toEqual(['password'])
  })

  it('refuses another key under the same name', async () => {
    await using first = run(k1)
    expect(await first.ended()).toBe(0)
    await using second = run(generateKeyRingEntry('k1'))
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain('is not the key of this id')
  })
})
