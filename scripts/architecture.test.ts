import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Imports point one way. For each room: which rooms it may import, and why no others. */
const ROOMS: Record<string, { readonly mayImport: readonly string[]; readonly why: string }> = {
  'packages/core': { mayImport: [], why: 'core is the vocabulary: it runs everywhere and knows nobody' },
  'packages/vault': { mayImport: ['core'], why: 'the vault seals values; what they are for is not its matter' },
  'packages/db': { mayImport: ['core'], why: 'the database must not know mail servers, ciphers or callers' },
  'packages/mail': { mayImport: ['core'], why: 'mail talks to strangers: it must not be able to reach the database or the keys' },
  'packages/outbox': {
    mayImport: ['core', 'vault', 'db', 'mail'],
    why: 'a first attempt is made by the api, later ones by a worker: what both do knows neither',
  },
  'packages/sync': {
    mayImport: ['core', 'vault', 'db', 'mail', 'outbox'],
    why: 'sync and api meet in job payloads and in the database only',
  },
  'packages/api': {
    mayImport: ['core', 'vault', 'db', 'mail', 'outbox'],
    why: 'api and sync meet in job payloads and in the database only',
  },
  'packages/client': {
    mayImport: ['core'],
    why: 'the client is published: server code would be published with it (types of api in tests only)',
  },
  'packages/testkit': {
    mayImport: ['core', 'db', 'sync'],
    why: 'the testkit prepares databases and servers; what it tests it must not contain',
  },
  'apps/maildock': {
    mayImport: ['core', 'vault', 'db', 'mail', 'outbox', 'sync', 'api'],
    why: 'the process composes the packages; the dashboard reaches it as built files',
  },
  'apps/dashboard': { mayImport: ['client'], why: 'the dashboard is a customer of the published client, like everybody else' },
  'apps/bench': {
    mayImport: ['core', 'vault', 'db', 'mail', 'outbox', 'sync', 'api', 'client', 'testkit', 'app'],
    why: 'the benchmark drives everything from outside',
  },
}

/** Libraries and words that have one home. Paths are prefixes. */
const HOMES: readonly { readonly pattern: RegExp; readonly homes: readonly string[]; readonly why: string }[] = [
  {
    pattern: /^express$/u,
    homes: ['packages/api/src/rest', 'packages/api/src/http', 'apps/maildock', 'apps/bench'],
    why: 'use cases must not know HTTP',
  },
  {
    pattern: /^(?:imapflow|nodemailer)(?:\/|$)/u,
    homes: ['packages/mail', 'apps/bench'],
    why: 'one place assumes what these libraries do wrong',
  },
  { pattern: /^@prisma\//u, homes: ['packages/db'], why: 'one place opens pools and reads database errors' },
  { pattern: /^graphile-worker(?:\/|$)/u, homes: ['packages/sync'], why: 'the api enqueues by SQL, in its own transaction' },
  {
    pattern: /^better-auth(?:\/|$)/u,
    homes: ['packages/api/src/session'],
    why: 'the rest of the api knows sessions, not how they are made',
  },
  { pattern: /^react(?:-dom)?(?:\/|$)/u, homes: ['apps/dashboard'], why: 'servers render no components' },
]

/** Built into one file: what they import need not be there when they run. */
const BUNDLED: ReadonlySet<string> = new Set(['apps/dashboard', 'packages/client'])

interface Import {
  readonly file: string
  readonly specifier: string
  readonly typeOnly: boolean
}

function isTest(file: string): boolean {
  return /\.(?:test|bench)(?:-d)?\.tsx?$/u.test(file) || file.includes('/test/')
}

function importsOf(pattern: string): Import[] {
  const files = globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'generated' || name === 'dist' })
  return files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    const statements = source.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gmu)
    const dynamic = source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/gu)
    return [
      ...Array.from(statements, (match) => ({ file, specifier: match[2] ?? '', typeOnly: match[1] !== undefined })),
      ...Array.from(dynamic, (match) => ({ file, specifier: match[1] ?? '', typeOnly: false })),
    ]
  })
}

const imports = importsOf('{packages,apps}/*/{src,test}/**/*.{ts,tsx}')
const sources = imports.filter(({ file }) => !isTest(file))
const roomOf = (file: string): string => file.split('/').slice(0, 2).join('/')

describe('the architecture', () => {
  it('is looked at whole', () => {
    expect(imports.length).toBeGreaterThan(200)
    const packages = globSync('{packages,apps}/*/package.json', { cwd: root }).map(dirname)
    expect(Object.keys(ROOMS).toSorted()).toEqual(packages.toSorted())
  })

  it('lets imports between packages point one way', () => {
    const wrong = sources.flatMap(({ file, specifier }) => {
      const target = /^@maildock\/([a-z]+)/u.exec(specifier)?.[1]
      const room = ROOMS[roomOf(file)]
      if (target === undefined || room === undefined || room.mayImport.includes(target)) return []
      return [`${file} -> ${specifier}: ${room.why}`]
    })
    expect(wrong).toEqual([])
  })

  it('enters other packages by their front door only', () => {
    const wrong = imports.flatMap(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return []
      const target = relative(root, resolve(root, dirname(file), specifier))
      return roomOf(target) === roomOf(file) || !/^(?:packages|apps)\//u.test(target) ? [] : [`${file} -> ${specifier}`]
    })
    // The template database of the tests is migrated by the code it prepares, before that code has a package of its own to offer.
    expect(wrong.filter((edge) => !edge.startsWith('packages/testkit/src/postgres/'))).toEqual([])
  })

  it('keeps the testkit out of the product', () => {
    const wrong = sources.filter(
      ({ file, specifier }) => specifier.startsWith('@maildock/testkit') && !['packages/testkit', 'apps/bench'].includes(roomOf(file)),
    )
    expect(wrong).toEqual([])
  })

  it.each(HOMES)('keeps $pattern at home', ({ pattern, homes, why }) => {
    const wrong = sources.filter(({ file, specifier }) => pattern.test(specifier) && !homes.some((home) => file.startsWith(home)))
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}: ${why}`)).toEqual([])
  })

  it('declares every package it imports', () => {
    const wrong = imports.flatMap(({ file, specifier }) => {
      const name = /^(@[^/]+\/[^/]+|[^./@][^/]*)/u.exec(specifier)?.[1]
      if (name === undefined || name.includes(':') || name === 'vitest') return []
      const manifest = JSON.parse(readFileSync(join(root, roomOf(file), 'package.json'), 'utf8')) as Record<
        string,
        Record<string, string> | undefined
      >
      const declared = {
        ...manifest['dependencies'],
        ...manifest['peerDependencies'],
        ...(isTest(file) || BUNDLED.has(roomOf(file)) ? manifest['devDependencies'] : {}),
      }
      const ownName = (manifest['name'] as unknown) === name
      return ownName || Object.hasOwn(declared, name) || (manifest['devDependencies']?.[name] !== undefined && /types?$/u.test(name))
        ? []
        : [`${file} -> ${name}`]
    })
    expect([...new Set(wrong)]).toEqual([])
  })

  it('reads the environment in one app only', () => {
    const files = globSync('{packages,apps}/*/src/**/*.{ts,tsx}', {
      cwd: root,
      exclude: (name) => name === 'node_modules' || name === 'generated',
    })
    const readers = files.filter((file) => !isTest(file) && /\bprocess\.env\b/u.test(readFileSync(join(root, file), 'utf8')))
    expect(readers.filter((file) => !/^(?:apps\/maildock|apps\/bench|packages\/testkit)\//u.test(file))).toEqual([])
  })

  it('ciphers in the vault only', () => {
    const files = globSync('{packages,apps}/*/src/**/*.ts', {
      cwd: root,
      exclude: (name) => name === 'node_modules' || name === 'generated',
    })
    const users = files.filter((file) => /\bcreate(?:Cipheriv|Decipheriv)\b/u.test(readFileSync(join(root, file), 'utf8')))
    expect(users.filter((file) => !file.startsWith('packages/vault/'))).toEqual([])
  })

  it('has no drawer without a name', () => {
    const files = globSync('{packages,apps,scripts}/**/*.{ts,tsx,mjs}', {
      cwd: root,
      exclude: (name) => name === 'node_modules' || name === 'generated' || name === 'dist',
    })
    expect(files.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|misc|services?)(?:\.|\/)/u.test(file))).toEqual([])
  })

  it('keeps source files short enough to read', () => {
    const files = globSync('{packages,apps}/*/src/**/*.{ts,tsx}', {
      cwd: root,
      exclude: (name) => name === 'node_modules' || name === 'generated',
    })
    const long = files
      .filter((file) => !isTest(file))
      .map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
    expect(long.filter(([, lines]) => lines > 400)).toEqual([])
  })
})
