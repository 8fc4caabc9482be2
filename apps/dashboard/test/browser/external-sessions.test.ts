import { expect, it } from 'vitest'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({
  worker: false,
  sessions: { kind: 'secret', secret: 'a secret that an identity provider shares with us', issuer: null, audience: 'authenticated' },
})

it('has no sign-in of its own where an identity provider has it, and says so', async () => {
  await using visit = await visits.open()
  const { page } = visit
  for (const path of ['/', '/sign-in', '/sign-up']) {
    await page.goto(path)
    await page.getByRole('heading', { name: 'Sign in at your identity provider' }).waitFor()
    expect(await page.getByRole('textbox').count()).toBe(0)
  }
  expect(visit.problems).toEqual([])
})
