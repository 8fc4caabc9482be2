import { describe, expect, it } from 'vitest'
import { labelKey, readShortcut } from './shortcuts.ts'

const press = (key: string, held: 'ctrlKey' | 'metaKey' | 'altKey' | null = null) => ({
  key,
  ctrlKey: held === 'ctrlKey',
  metaKey: held === 'metaKey',
  altKey: held === 'altKey',
})
const idle = { afterG: false, typing: false }

describe('readShortcut', () => {
  it.each([
    ['c', 'connect'],
    ['/', 'command-menu'],
    ['?', 'help'],
    ['g', 'await-second-key'],
    ['x', null],
  ])('reads %s as %s', (key, action) => {
    expect(readShortcut(press(key), idle)).toBe(action)
  })

  it('opens the command menu by Ctrl-K and ⌘K, even while typing', () => {
    expect(readShortcut(press('k', 'ctrlKey'), { ...idle, typing: true })).toBe('command-menu')
    expect(readShortcut(press('K', 'metaKey'), idle)).toBe('command-menu')
  })

  it('leaves text fields and the browser’s own shortcuts alone', () => {
    expect(readShortcut(press('c'), { ...idle, typing: true })).toBeNull()
    expect(readShortcut(press('c', 'ctrlKey'), idle)).toBeNull()
    expect(readShortcut(press('/', 'altKey'), idle)).toBeNull()
  })

  it('goes places by two keys, and forgets the first when the second means nothing', () => {
    expect(readShortcut(press('a'), { ...idle, afterG: true })).toBe('go-accounts')
    expect(readShortcut(press('o'), { ...idle, afterG: true })).toBe('go-outbox')
    expect(readShortcut(press('s'), { ...idle, afterG: true })).toBe('go-settings')
    expect(readShortcut(press('c'), { ...idle, afterG: true })).toBeNull()
    expect(readShortcut(press('a'), idle)).toBeNull()
  })
})

describe('labelKey', () => {
  it.each([
    ['⌘K', 'MacIntel', '⌘K'],
    ['⌘K', 'iPad', '⌘K'],
    ['⌘K', 'Linux x86_64', 'Ctrl K'],
    ['C', 'Win32', 'C'],
  ])('%s on %s is %s', (key, platform, label) => {
    expect(labelKey(key, platform)).toBe(label)
  })
})
