import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toLoggableCause } from './loggable-cause.ts'
import { listSecretForms, toPublicResponse } from './scrub-secrets.ts'

const PASSWORD = 'hunter2"\\\u00fc'
const forms = listSecretForms('ada', PASSWORD)
const plain = Buffer.from(`\0ada\0${PASSWORD}`).toString('base64')

describe('toPublicResponse', () => {
  test.each([
    ['as it is', `bad password ${PASSWORD}!`, 'bad password [removed]!'],
    ['in capitals', `BAD PASSWORD ${PASSWORD.toUpperCase()}!`, 'BAD PASSWORD [removed]!'],
    ['quoted', 'LOGIN "ada" "hunter2\\"\\\\\u00fc"', 'LOGIN "ada" "[removed]"'],
    ['in base64', `unknown command ${Buffer.from(PASSWORD).toString('base64')}`, 'unknown command [removed]'],
    ['in SASL PLAIN', `AUTHENTICATE PLAIN ${plain}`, 'AUTHENTICATE PLAIN [removed]'],
    ['in SASL PLAIN without padding', `PLAIN ${plain.replaceAll('=', '')}.`, 'PLAIN [removed].'],
  ])('cuts a password out, %s', (_how, said, shown) => {
    expect(toPublicResponse(said, forms)).toBe(shown)
  })

  test('shows nothing where cutting would show a short password', () => {
    expect(toPublicResponse('Invalid login', listSecretForms('ada', 'in'))).toBeUndefined()
    expect(toPublicResponse('Authentication failed', listSecretForms('ada', 'xyz'))).toBe('Authentication failed')
  })

  test('cleans and cuts what a server says', () => {
    expect(toPublicResponse('a\r\nb\u001b[31mc\u202ed', forms)).toBe('a b [31mcd')
    expect(toPublicResponse('x'.repeat(1000), forms)).toHaveLength(200)
    expect(toPublicResponse('\r\n', forms)).toBeUndefined()
  })

  test('never shows a form of the password, drawn apart or not', () => {
    const password = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    const noise = fc.string({ maxLength: 60, unit: 'binary' })
    fc.assert(
      fc.property(password, noise, noise, fc.nat(20), (secret, before, after, form) => {
        const secretForms = listSecretForms('ada', secret)
        const echoed = secretForms[form % secretForms.length] ?? ''
        const shown = toPublicResponse(before + echoed.split('').join('\u202e') + after + echoed, secretForms)
        expect(secretForms.filter((text) => shown?.replaceAll('[removed]', '').includes(text) === true)).toEqual([])
      }),
    )
  })
})

describe('toLoggableCause', () => {
  test('keeps names, codes and causes, and loses secrets and properties', () => {
    const inner = Object.assign(new Error(`socket said ${PASSWORD}`), { code: 'ECONNRESET', response: PASSWORD })
    const outer = Object.assign(new TypeError(`AUTH failed: ${plain}`, { cause: inner }), { command: `AUTH PLAIN ${plain}` })
    const cause = toLoggableCause(outer, forms)
    expect(cause).toMatchObject({ name: 'TypeError', message: 'AUTH failed: [removed]', cause: { code: 'ECONNRESET' } })
    const everything =
      JSON.stringify(cause, Object.getOwnPropertyNames(cause)) + String(cause?.stack) + JSON.stringify(cause?.cause) + String(cause?.cause)
    for (const form of forms) expect(everything).not.toContain(form)
  })
})
