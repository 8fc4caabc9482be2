import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Account } from '@maildock/client'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import type { Looks, StorageState, Theme, Visit, Width } from '../fixture/browser.ts'
import { connectDemoAccounts } from '../fixture/demo-accounts.ts'
import { fillConnectForm, signUp, submitConnectForm } from '../fixture/person.ts'
import { failingHost, stagedVerify } from '../fixture/staged-verify.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const SCREENS = fileURLToPath(new URL('../../../../test-output/screens/', import.meta.url))

let demo: StorageState
let synced: Account

beforeAll(async () => {
  await mkdir(SCREENS, { recursive: true })
  await using visit = await visits.open()
  await signUp(visit.page, 'office@example.com')
  ;({ synced } = await connectDemoAccounts(visits.product, visit))
  demo = await visit.context.storageState()
})

interface Scene {
  readonly name: string
  readonly as: 'nobody' | 'newcomer' | 'demo'
  readonly path: () => string
  /** Brings the page into its state, and waits until it is there. */
  readonly play: (visit: Visit) => Promise<void>
  /** Only what is in sight, for what lies above the page or scrolls by itself. */
  readonly cut?: true
}

const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const LISTS = /\/api\/trpc\/(?:accounts\.list|accounts\.watch|mailboxes\.list)/u

const scenes: readonly Scene[] = [
  { name: 'sign-in', as: 'nobody', path: () => '/sign-in', play: ({ page }) => title(page, 'Sign in') },
  {
    name: 'sign-in-refused',
    as: 'nobody',
    path: () => '/sign-in',
    play: async ({ page }) => {
      await page.getByLabel('E-mail address').fill('nobody@example.com')
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'sign-up', as: 'nobody', path: () => '/sign-up', play: ({ page }) => title(page, 'Sign up') },
  { name: 'accounts-empty', as: 'newcomer', path: () => '/', play: ({ page }) => page.getByText('Connect your first mailbox').waitFor() },
  {
    name: 'accounts-loading',
    as: 'demo',
    path: () => '/',
    play: async ({ page }) => {
      await page.route(LISTS, () => undefined)
      await page.reload()
      await page.getByText('Loading accounts…').waitFor({ state: 'attached' })
    },
  },
  {
    name: 'accounts-error',
    as: 'demo',
    path: () => '/',
    play: async ({ page }) => {
      await page.route(LISTS, (route) => route.abort())
      await page.reload()
      await page.getByText('The accounts could not be loaded').waitFor()
    },
  },
  { name: 'accounts', as: 'demo', path: () => '/', play: ({ page }) => page.getByText('1,240 of 3,400 messages').waitFor() },
  {
    name: 'accounts-progress',
    as: 'demo',
    path: () => '/',
    play: async ({ page }) => {
      await page.getByRole('button', { name: '3 mailboxes' }).click()
      await page.getByText('240 / 900').waitFor()
    },
  },
  {
    name: 'accounts-menu',
    as: 'demo',
    path: () => '/',
    cut: true,
    play: async ({ page }) => {
      await page.getByRole('button', { name: 'Actions for support@example.com' }).click()
      await page.getByRole('menuitem', { name: 'Disconnect…' }).waitFor()
    },
  },
  {
    name: 'disconnect',
    as: 'demo',
    path: () => '/',
    cut: true,
    play: async ({ page }) => {
      await page.getByRole('button', { name: 'Actions for hello@example.com' }).click()
      await page.getByRole('menuitem', { name: 'Disconnect…' }).click()
      await page.getByRole('dialog').getByText('will take its place').waitFor()
    },
  },
  { name: 'connect', as: 'demo', path: () => '/connect', play: ({ page }) => title(page, 'Connect an account') },
  {
    name: 'connect-provider',
    as: 'demo',
    path: () => '/connect',
    play: async ({ page }) => {
      await page.getByLabel('E-mail address').fill('hello@icloud.com')
      await page.getByText('iCloud Mail needs an app password').waitFor()
    },
  },
  {
    name: 'connect-failed',
    as: 'demo',
    path: () => '/connect',
    play: async ({ page }) => {
      const hosts = { imapHost: failingHost('imap.authentication_failed'), smtpHost: failingHost('tls.certificate_invalid') }
      await fillConnectForm(page, visits.product, { email: 'office@example.net', ...hosts })
      await submitConnectForm(page)
      await page.getByText('Neither server could be used.').waitFor()
    },
  },
  {
    name: 'mail',
    as: 'demo',
    path: () => `/accounts/${synced.id}`,
    cut: true,
    play: ({ page }) => page.getByText('Invoice 2026-0417 is paid').waitFor(),
  },
  {
    name: 'mail-loading',
    as: 'demo',
    path: () => `/accounts/${synced.id}`,
    cut: true,
    play: async ({ page }) => {
      await page.route(LISTS, () => undefined)
      await page.reload()
      await page.getByText('Loading messages…').waitFor({ state: 'attached' })
    },
  },
  {
    name: 'mail-error',
    as: 'demo',
    path: () => `/accounts/${synced.id}`,
    cut: true,
    play: async ({ page }) => {
      await page.route(/messages\.list/u, (route) => route.abort())
      await page.reload()
      await page.getByText('The messages could not be loaded').waitFor()
    },
  },
  {
    name: 'message',
    as: 'demo',
    path: () => `/accounts/${synced.id}`,
    cut: true,
    play: async ({ page }) => {
      await page.getByRole('link', { name: /The import stops at 40/u }).click()
      await page.getByRole('article').getByText('Two things are still open').waitFor()
    },
  },
  {
    name: 'message-attachments',
    as: 'demo',
    path: () => `/accounts/${synced.id}`,
    cut: true,
    play: async ({ page }) => {
      await page.getByRole('link', { name: /Security questionnaire/u }).click()
      await page.getByText('2 attachments').waitFor()
    },
  },
  {
    name: 'edit',
    as: 'demo',
    path: () => '/',
    play: async ({ page }) => {
      await page.getByRole('link', { name: 'Fix sign-in' }).click()
      await page.getByLabel('New password').waitFor()
    },
  },
  { name: 'settings', as: 'demo', path: () => '/settings', play: ({ page }) => page.getByText('This device').waitFor() },
  {
    name: 'command-menu',
    as: 'demo',
    path: () => '/',
    cut: true,
    play: async ({ page }) => {
      await page.getByText('1,240 of 3,400 messages').waitFor()
      await page.keyboard.press('/')
      await page.getByRole('option', { name: 'hello@example.com Open mail' }).waitFor()
    },
  },
  {
    name: 'shortcuts',
    as: 'demo',
    path: () => '/',
    cut: true,
    play: async ({ page }) => {
      await title(page, 'Accounts')
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'not-found', as: 'demo', path: () => '/nowhere', play: ({ page }) => title(page, 'There is nothing here') },
]

/** Makes the window as high as the page: a picture of all of it as it would be laid out, with nothing stuck half-way. */
async function showWhole(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 }
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height: Math.max(height, whole) })
}

async function open(scene: Scene, looks: Looks): Promise<Visit> {
  switch (scene.as) {
    case 'nobody':
      return visits.open(looks)
    case 'newcomer':
      return visits.openSignedIn(looks)
    case 'demo':
      return visits.open({ ...looks, storageState: demo })
    default:
      return scene.as satisfies never
  }
}

const looks = (['wide', 'phone'] as const).flatMap((width) => (['light', 'dark'] as const).map((theme) => [width, theme] as const))

describe.each(['light', 'dark'] as const)('for the README, %s', (theme) => {
  it.each(['accounts', 'message'])('%s is drawn sharp', async (name) => {
    const scene = scenes.find((candidate) => candidate.name === name)
    if (scene === undefined) throw new Error(`There is no scene ${name}.`)
    await using visit = await open(scene, { theme, sharp: true })
    await visit.page.goto(scene.path())
    await scene.play(visit)
    await visit.page.evaluate(() => document.fonts.ready)
    const picture = await visit.page.screenshot({ path: `${SCREENS}readme-${name}-${theme}.png` })
    expect(picture.byteLength).toBeGreaterThan(50_000)
  })
})

describe.each(looks)('on a %s screen, %s', (width: Width, theme: Theme) => {
  it.each(scenes)('$name can be read and used by everybody', async (scene) => {
    await using visit = await open(scene, { width, theme })
    const { page } = visit
    await page.goto(scene.path())
    await scene.play(visit)
    await page.evaluate(() => document.fonts.ready)
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme)
    if (scene.cut !== true) await showWhole(page)
    await page.screenshot({ path: `${SCREENS}${scene.name}-${width}-${theme}.png` })
    expect(await findAccessibilityViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    expect(visit.problems).toEqual([])
  })
})
