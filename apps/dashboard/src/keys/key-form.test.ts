import { describe, expect, it } from 'vitest'
import { EMPTY_KEY_FORM, readKeyForm, toggleScope } from './key-form.ts'

const named = { ...EMPTY_KEY_FORM, name: 'Orders' }

describe('readKeyForm', () => {
  it('reads a name alone as a key for all accounts that does not expire', () => {
    expect(readKeyForm(named)).toEqual({
      ok: true,
      input: { name: 'Orders', scopes: ['send'], allowedAccountId: null, expiresAt: null },
    })
  })

  it('reads a day as the moment it begins here', () => {
    expect(readKeyForm({ ...named, allowedAccountId: 'id', expiresAt: '2099-01-15' })).toMatchObject({
      ok: true,
      input: { allowedAccountId: 'id', expiresAt: new Date(2099, 0, 15).toISOString() },
    })
  })

  it('says at each field what is wrong with it', () => {
    expect(readKeyForm({ name: ' ', scopes: [], allowedAccountId: '', expiresAt: '2020-01-15' })).toEqual({
      ok: false,
      errors: {
        name: 'Enter a name.',
        scopes: 'Choose at least one scope.',
        expiresAt: 'The key must expire in the future.',
      },
    })
  })
})

describe('toggleScope', () => {
  it('adds what is not there and takes away what is', () => {
    expect(toggleScope(['send'], 'send:marketing')).toEqual(['send', 'send:marketing'])
    expect(toggleScope(['send', 'send:marketing'], 'send')).toEqual(['send:marketing'])
  })
})
