import { describe, expect, it } from 'vitest'
import { createServiceKeyCheck, readServiceKey } from './service-keys.ts'

describe('service keys', () => {
  it('are those configured', () => {
    const isServiceKey = createServiceKeyCheck(['first', 'second'])
    expect(['first', 'second', 'third', 'firs', 'first ', '', undefined].map(isServiceKey)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ])
  })

  it('there are none when none is configured, not even an empty one', () => {
    expect([undefined, '', 'x'].map(createServiceKeyCheck([]))).toEqual([false, false, false])
    expect(createServiceKeyCheck([''])('')).toBe(false)
  })

  it.each([
    [{ 'x-service-key': 'k' }, 'k'],
    [{ authorization: 'Bearer k' }, 'k'],
    [{ authorization: 'bearer  k' }, 'k'],
    [{ 'x-service-key': 'named', authorization: 'Bearer other' }, 'named'],
    [{ 'x-service-key': ['two', 'keys'] }, undefined],
    [{ authorization: 'Basic k' }, undefined],
    [{ authorization: 'Bearer' }, undefined],
    [{}, undefined],
  ])('%j presents %s', (headers, key) => expect(readServiceKey(headers)).toBe(key))
})
