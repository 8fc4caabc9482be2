import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ worker: false })
const BUDGET_OCTETS = 150 * 1024

describe('the first load', () => {
  it.each([
    ['/sign-in', 'Sign in', false],
    ['/', 'Accounts', true],
  ])('of %s takes at most 150 KB of scripts, compressed', async (path, heading, signedIn) => {
    await using visit = signedIn ? await visits.openSignedIn() : await visits.open()
    const { page } = visit
    const scripts = new Map<string, Promise<Buffer>>()
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body())
    })
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    const sizes = (await Promise.all(scripts.values())).map((body) => gzipSync(body).byteLength)
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThanOrEqual(BUDGET_OCTETS)
  })
})
