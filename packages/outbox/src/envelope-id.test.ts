import { newId } from '@maildock/db'
import { describe, expect, it } from 'vitest'
import { parseEnvelopeId, toEnvelopeId } from './envelope-id.ts'

describe('an envelope id', () => {
  it('is read as the id it was made of, in any case and spacing', () => {
    const id = newId()
    expect(toEnvelopeId(id)).toMatch(/^[0-9a-f]{32}$/u)
    expect(parseEnvelopeId(toEnvelopeId(id))).toBe(id)
    expect(parseEnvelopeId(` ${toEnvelopeId(id).toUpperCase()} `)).toBe(id)
  })

  it.each(['', 'QQ314159', 'f'.repeat(31), 'g'.repeat(32), `${'f'.repeat(32)}'; DROP TABLE submission`])('%j is none of ours', (text) => {
    expect(parseEnvelopeId(text)).toBeNull()
  })
})
