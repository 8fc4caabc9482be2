import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createRestFieldReader, parseJsonBody, RestInputError } from './rest-input.ts'

const read = createRestFieldReader(z.object({ imapHost: z.string(), imapPort: z.int().optional() }))

describe('fields in REST spelling', () => {
  it('are given back as the procedure names them', async () => {
    expect(await read({ imap_host: 'x', imap_port: 1 })).toEqual({ imapHost: 'x', imapPort: 1 })
    expect(await read({ imap_host: 'x' })).toEqual({ imapHost: 'x' })
  })

  it.each([[{}], [{ imap_host: 'x', imapPort: 1 }], [{ imap_host: 1 }], [[]], [null], ['x']])('%j is refused', async (value) => {
    await expect(read(value)).rejects.toBeInstanceOf(RestInputError)
  })
})

describe('a body', () => {
  it('is one JSON object, or nothing where that is allowed', () => {
    expect(parseJsonBody('{"a":1}', { optional: false })).toEqual({ a: 1 })
    expect(parseJsonBody(undefined, { optional: true })).toEqual({})
    expect(parseJsonBody(' \n', { optional: true })).toEqual({})
  })

  it.each([undefined, '', '[]', '1', 'null', '{', '{}{}', { a: 1 }])('%j is malformed', (text) => {
    expect(() => parseJsonBody(text, { optional: false })).toThrow(expect.objectContaining({ code: 'request.malformed' }))
  })
})
