import { describe, expect, it } from 'vitest'
import { readLink } from './read-link.ts'

describe('readLink', () => {
  it.each([
    ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
    ['http://example.com', 'http://example.com'],
    ['example.com/path', 'https://example.com/path'],
    ['ada@example.com', 'mailto:ada@example.com'],
    ['mailto:ada@example.com', 'mailto:ada@example.com'],
    ['javascript:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,x', null],
    ['//example.com', null],
    ['example', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(readLink(text)).toBe(expected)
  })
})
