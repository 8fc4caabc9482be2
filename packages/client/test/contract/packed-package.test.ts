import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answer, openScriptedMaildock, openStream, refuse, sendEvent } from '../scripted-maildock.ts'
import { installPacked, PACKAGE_DIR, runProgram, runToSuccess, type ThrowawayProject } from './throwaway-project.ts'

/** What may be named from outside of the package: its dependencies. */
const DEPENDENCIES = ['@trpc/client', '@trpc/server', 'eventsource-parser', 'superjson', 'zod']

const COMPILERS = { '7.0': 'typescript@7.0.2', '6.0': 'typescript@6.0.3', '5.9': 'typescript@5.9.3' } as const

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  target: 'ES2023',
  types: ['node'],
}

const RESOLUTIONS = {
  nodenext: { module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['ES2023'] },
  bundler: { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2023', 'DOM', 'DOM.Iterable'], noEmit: true },
} as const

let project: ThrowawayProject

beforeAll(async () => {
  project = await installPacked({
    ...Object.fromEntries(Object.entries(COMPILERS).map(([name, version]) => [`typescript-${name}`, `npm:${version}`])),
    '@types/node': '20.19.0',
    node: '20.20.2',
  })
})
afterAll(async () => await project[Symbol.asyncDispose]())

/** Compiles the consumer and tells what the compiler says, an empty text when all is well. */
async function compile(compiler: string, resolution: keyof typeof RESOLUTIONS, skipLibCheck: boolean): Promise<string> {
  const config = `tsconfig.${compiler}.${resolution}.json`
  const compilerOptions = { ...STRICT, ...RESOLUTIONS[resolution], skipLibCheck, rootDir: 'src', outDir: `out-${compiler}` }
  await writeFile(join(project.dir, config), JSON.stringify({ compilerOptions, include: ['src'] }))
  const tsc = join(project.dir, `node_modules/typescript-${compiler}/bin/tsc`)
  const { exitCode, output } = await runProgram(process.execPath, [tsc, '-p', config], project.dir)
  return exitCode === 0 ? '' : output
}

/** Faults in the declarations of others, such as tRPC's use of DOM types and of `ws`. */
const FOREIGN_FAULT = /^node_modules\/(?!@maildock\/)/u

describe('the packed package', () => {
  test('holds what it needs and nothing else', async () => {
    const listing = await runToSuccess('tar', ['-tzf', project.tarball], project.dir)
    expect(listing.trim().split('\n').toSorted()).toEqual([
      'package/LICENSE',
      'package/README.md',
      'package/dist/index.d.ts',
      'package/dist/index.js',
      'package/dist/schemas.js',
      'package/package.json',
    ])
  })

  test('depends on released versions alone', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(PACKAGE_DIR, 'package.json'), 'utf8'))
    const { dependencies } = manifest as { dependencies: Record<string, string> }
    expect(Object.keys(dependencies)).toEqual(DEPENDENCIES)
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/u.test(version))).toEqual([])
  })

  test.each(['index.d.ts', 'index.js', 'schemas.js'])('%s names nothing but its dependencies', async (file) => {
    const text = await readFile(join(project.dir, 'node_modules/@maildock/client/dist', file), 'utf8')
    const named = [...text.matchAll(/(?:from|import\(|import)\s*["']([^"'.][^"']*)["']/gu)].map(([, name = '']) => name)
    expect(named.filter((name) => !DEPENDENCIES.some((known) => name === known || name.startsWith(`${known}/`)))).toEqual([])
    expect(text.match(/@maildock\/(?!client)\w*|packages\/|\/src\/|node:/gu) ?? []).toEqual([])
  })

  test('is found in order by publint', async () => {
    const verdict = await runToSuccess(join(PACKAGE_DIR, 'node_modules/.bin/publint'), ['run', project.tarball, '--strict'], project.dir)
    expect(verdict).toContain('All good!')
  })

  test('is found in order by are-the-types-wrong', async () => {
    const attw = join(PACKAGE_DIR, 'node_modules/.bin/attw')
    const { exitCode } = await runProgram(attw, [project.tarball, '--profile', 'esm-only'], project.dir)
    expect(exitCode).toBe(0)
  })
})

describe('a consumer', () => {
  const matrix = Object.keys(COMPILERS).flatMap((compiler) =>
    (['nodenext', 'bundler'] as const).map((resolution) => [compiler, resolution] as const),
  )

  test.each(matrix)('compiles with TypeScript %s and %s resolution', async (compiler, resolution) => {
    expect(await compile(compiler, resolution, true)).toBe('')
  })

  test.each(matrix)('finds no fault in our declarations with TypeScript %s and %s resolution', async (compiler, resolution) => {
    const faults = (await compile(compiler, resolution, false)).split('\n').filter((line) => /\): error TS/u.test(line))
    expect(faults.filter((line) => !FOREIGN_FAULT.test(line))).toEqual([])
  })

  test('runs on the oldest supported Node.js', async () => {
    await using server = await openScriptedMaildock(({ procedure, headers }, response) => {
      if (procedure === 'accounts.connect') {
        const details = { protocol: 'imap', stage: 'auth', hint: 'Check it.' }
        refuse(response, { status: 400, code: 'imap.authentication_failed', message: 'Refused.', details })
      } else if (procedure === 'accounts.watch') {
        openStream(response)
        sendEvent(response, { type: 'snapshot', accounts: [], progress: [] })
        sendEvent(response, { type: 'messages', accountId: 'a' })
      } else {
        answer(response, headers.authorization === 'Bearer token' ? [{ createdAt: new Date('2026-01-15T10:00:00Z') }] : [])
      }
    })
    expect(await compile('7.0', 'nodenext', true)).toBe('')
    const node = join(project.dir, 'node_modules/node/bin/node')
    expect(await runToSuccess(node, ['--version'], project.dir)).toBe('v20.20.2\n')
    const output = await runToSuccess(node, ['out-7.0/program.js', server.baseUrl], project.dir)
    expect(JSON.parse(output)).toEqual({
      typeChecks: 5,
      createdAt: '2026-01-15T10:00:00.000Z',
      own: 0,
      tls: ['starttls'],
      invalid: 1,
      failures: ['imap imap.authentication_failed'],
      stage: 'auth',
      explained: 'Refused.',
      states: ['connecting', 'live', 'closed', 'connecting', 'closed'],
      events: ['snapshot', 'messages'],
    })
  })
})

/** Size of a browser bundle of `entry`, minified and compressed. */
async function bundledSize(entry: string): Promise<number> {
  const file = join(project.dir, 'entry.js')
  await writeFile(file, entry)
  const bundle = await rolldown({ input: file, platform: 'browser', logLevel: 'silent' })
  const { output } = await bundle.generate({ format: 'es', minify: true, codeSplitting: false })
  await bundle.close()
  return output.reduce((total, chunk) => total + (chunk.type === 'chunk' ? gzipSync(chunk.code).byteLength : 0), 0)
}

describe('the size', () => {
  test('of the tarball is at most 32 kB', async () => {
    expect((await stat(project.tarball)).size).toBeLessThanOrEqual(32_000)
  })

  test.each([
    ['the client, without zod', `import { createMaildockClient as used } from '@maildock/client'`, 18_000],
    ['a form schema, without the client', `import { TlsMode as used } from '@maildock/client'`, 27_000],
    ['everything', `import * as used from '@maildock/client'`, 45_000],
  ])('of %s in a browser bundle, dependencies included, is bounded', async (_, entry, limit) => {
    expect(await bundledSize(`${entry}\nglobalThis.used = used`)).toBeLessThanOrEqual(limit)
  })
})
