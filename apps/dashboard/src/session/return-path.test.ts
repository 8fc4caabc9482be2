import { describe, expect, it } from 'vitest'
import { toReturnPath } from './return-path.ts'

describe('toReturnPath', () => {
  it.each(['/', '/settings', '/accounts/1?mailbox=2', '/accounts/a/messages/b#top'])('returns to %s', (path) => {
    expect(toReturnPath(path)).toBe(path)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'settings',
    '',
    '/a\nb',
    '/\t/evil.example',
    undefined,
    7,
    null,
  ])('does not leave the site for %s', (value) => {
    expect(toReturnPath(value)).toBeNull()
  })

  it.each(['/sign-in', '/sign-up?next=/sign-up'])('does not lead back to %s, which would lead nowhere', (path) => {
    expect(toReturnPath(path)).toBeNull()
  })
})
