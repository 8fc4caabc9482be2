import { expect, it } from 'vitest'
import { resolveTheme } from './theme.ts'

it.each([
  ['system', true, 'dark'],
  ['system', false, 'light'],
  ['light', true, 'light'],
  ['dark', false, 'dark'],
] as const)('%s, with a system that prefers dark: %s, is %s', (choice, prefersDark, theme) => {
  expect(resolveTheme(choice, prefersDark)).toBe(theme)
})
