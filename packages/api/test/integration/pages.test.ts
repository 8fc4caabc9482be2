import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type TestApi } from '../fixture/start-api.ts'

const { connectionString } = useTestDatabase()
let api: TestApi
let folder: string
let dir: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildock-pages-'))
  dir = join(folder, 'dashboard')
  await mkdir(join(dir, 'assets'), { recursive: true })
  await writeFile(join(dir, 'index.html'), '<!doctype html><title>Dashboard</title>')
  await writeFile(join(dir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(dir, 'assets', 'index-abc123.js'), 'export {}')
  await writeFile(join(folder, 'maildock-outside.txt'), 'outside')
  api = await startApi(connectionString, { dashboardDir: dir })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the dashboard', () => {
  it.each(['/', '/accounts', '/accounts/550e8400-e29b-41d4-a716-446655440000', '/sign-in?next=/'])(
    '%s is the page, asked for anew each time',
    async (path) => {
      const { status, text, headers } = await api.rest({ path, headers: asBrowser })
      expect({ status, text }).toEqual({ status: 200, text: '<!doctype html><title>Dashboard</title>' })
      expect(headers.get('cache-control')).toBe('no-cache')
      expect(headers.get('content-security-policy')).toContain("script-src 'self';")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    },
  )

  it('keeps files with a hash in their name for a year', async () => {
    const { status, headers } = await api.rest({ path: '/assets/index-abc123.js' })
    expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 200, cache: 'public, max-age=31536000, immutable' })
  })

  it('serves other files, asked for anew', async () => {
    const { status, headers } = await api.rest({ path: '/favicon.svg' })
    expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 200, cache: 'no-cache' })
  })

  it.each(['/assets/missing.js', '/api/missing', '/assets/', '/assets/..%2f..%2fmaildock-outside.txt'])(
    '%s is not the page',
    async (path) => {
      const { status, text } = await api.rest({ path, headers: asBrowser })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(text).not.toContain('Dashboard')
    },
  )

  it.each(['/..%2fmaildock-outside.txt', '/assets/..%2f..%2fmaildock-outside.txt', '/%2e%2e/maildock-outside.txt'])(
    '%s leads to nothing outside',
    async (path) => {
      expect((await api.rest({ path })).text).not.toContain('outside')
    },
  )
})

describe('a file asked for in a special way is no fault of ours', () => {
  it.each(['/', '/favicon.svg', '/assets/index-abc123.js'])('%s, a range beyond its end: the whole of it', async (path) => {
    const { status, headers } = await api.rest({ path, headers: { ...asBrowser, range: 'bytes=9999999-' } })
    expect({ status, ranges: headers.get('accept-ranges') }).toEqual({ status: 200, ranges: null })
  })

  it.each(['/', '/favicon.svg', '/api/docs/swagger-ui.css'])('%s, on a condition that does not hold: refused', async (path) => {
    const { status, body } = await api.rest({ path, headers: { ...asBrowser, 'if-match': '"another"' } })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'request.malformed' })
  })
})

describe('405 with Allow', () => {
  it.each(['/healthz', '/readyz', '/api/openapi.json', '/api/docs'])('POST %s', async (path) => {
    const { status, body, headers } = await api.rest({ method: 'POST', path, body: {} })
    expect({ status, code: body['code'], allow: headers.get('allow') }).toEqual({
      status: 405,
      code: 'route.method_not_allowed',
      allow: 'GET, HEAD',
    })
  })
})

describe('the API page', () => {
  it('loads nothing but files served here, under a policy without inline scripts', async () => {
    const page = await api.rest({ path: '/api/docs' })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
    expect(page.text).not.toMatch(/https?:\/\//u)
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)/u)
    const files = [...page.text.matchAll(/(?:src|href)="(?<path>[^"]+)"/gu)].map(
      (match) => new URL(match.groups?.['path'] ?? '', `${api.url}/api/docs`).pathname,
    )
    expect(files).toHaveLength(4)
    for (const path of files) {
      expect((await api.rest({ path })).status).toBe(200)
    }
  })
})

describe('health', () => {
  it('tells that the process runs, and is ready with a migrated database', async () => {
    expect((await api.rest({ path: '/healthz' })).body).toEqual({ status: 'ok' })
    const ready = await api.rest({ path: '/readyz' })
    expect({ status: ready.status, body: ready.body }).toEqual({ status: 200, body: { status: 'ready' } })
  })

  it('tells that the process is not ready while a migration is unfinished', async () => {
    const { pool } = api.database
    await pool.query(`insert into _prisma_migrations (id, checksum, migration_name, started_at) values ('x', 'x', 'x', now())`)
    const ready = await api.rest({ path: '/readyz' })
    await pool.query(`delete from _prisma_migrations where id = 'x'`)
    expect({ status: ready.status, body: ready.body }).toEqual({ status: 503, body: { status: 'migrations_missing' } })
  })

  it('tells that the process is not ready without its database, but runs', async () => {
    await using lost = await startApi(connectionString)
    await lost.database.pool.end()
    // What the fixture closes again must not be closed twice.
    Object.assign(lost.database.pool, { end: async () => undefined })
    const ready = await lost.rest({ path: '/readyz' })
    expect({ status: ready.status, body: ready.body }).toEqual({ status: 503, body: { status: 'database_unreachable' } })
    expect((await lost.rest({ path: '/healthz' })).status).toBe(200)
    expect((await lost.rest({ path: '/api/openapi.json' })).status).toBe(200)
  })
})
