import { describe, expect, it } from 'vitest'
import { DueAccounts, type DueAccount } from './due-accounts.ts'

const LIMITS = { total: 10, perAccount: 2, perUser: 5 }

function makeAccounts(...names: readonly string[]): readonly DueAccount[] {
  return names.map((name) => ({ accountId: name, userId: `user of ${name}`, atOnce: 2 }))
}

function makeAccountsOf(userId: string, count: number): readonly DueAccount[] {
  return Array.from({ length: count }, (_, index) => ({ accountId: `${userId} ${index}`, userId, atOnce: 2 }))
}

function namesOf(wanted: readonly { readonly accountId: string; readonly wanted: number }[]): readonly string[] {
  return wanted.map((one) => `${one.accountId} ${one.wanted}`)
}

describe('DueAccounts', () => {
  it('wants one of everybody before two of anybody', () => {
    const due = new DueAccounts()
    due.renew(makeAccounts('a', 'b', 'c'))
    expect(namesOf(due.choose({ ...LIMITS, total: 4 }, new Map()))).toEqual(['a 2', 'b 1', 'c 1'])
    expect(namesOf(due.choose(LIMITS, new Map()))).toEqual(['a 2', 'b 2', 'c 2'])
    expect(namesOf(due.choose({ ...LIMITS, total: 0 }, new Map()))).toEqual([])
  })

  it('counts what is under way, of an account and of its user', () => {
    const due = new DueAccounts()
    due.renew([
      ...makeAccounts('a', 'b'),
      { accountId: 'c', userId: 'user of a', atOnce: 2 },
      { accountId: 'd', userId: 'user of a', atOnce: 2 },
    ])
    const underWay = new Map([
      ['a', 2],
      ['b', 1],
      ['user of a', 3],
    ])
    expect(namesOf(due.choose(LIMITS, underWay))).toEqual(['b 1', 'c 1', 'd 1'])
  })

  it('sends whoever was served to the end, and forgets who had nothing more', () => {
    const due = new DueAccounts()
    due.renew(makeAccounts('a', 'b', 'c', 'd'))
    const wanted = due.choose({ ...LIMITS, total: 2 }, new Map())
    expect(namesOf(wanted)).toEqual(['a 1', 'b 1'])
    due.settle(wanted, new Map([['a', 1]]))
    expect(namesOf(due.choose(LIMITS, new Map()))).toEqual(['c 2', 'd 2', 'a 2'])
  })

  it('keeps the places of those that are still due when it is looked again', () => {
    const due = new DueAccounts()
    due.renew(makeAccounts('a', 'b', 'c'))
    due.settle(due.choose({ ...LIMITS, total: 1 }, new Map()), new Map([['a', 1]]))
    due.renew(makeAccounts('d', 'a', 'c'))
    expect(namesOf(due.choose(LIMITS, new Map()))).toEqual(['c 2', 'a 2', 'd 2'])
    due.renew([])
    expect(due.isEmpty).toBe(true)
  })

  it('asks no server for more than it takes at once', () => {
    const due = new DueAccounts()
    due.renew([...makeAccounts('a'), { accountId: 'b', userId: 'user of b', atOnce: 1 }])
    expect(namesOf(due.choose(LIMITS, new Map()))).toEqual(['a 2', 'b 1'])
  })

  it('gives a place that becomes free to the user who has the least, however many accounts the others have', () => {
    const due = new DueAccounts()
    due.renew([...makeAccountsOf('one', 20), ...makeAccountsOf('two', 20), ...makeAccounts('late')])
    const underWay = new Map([
      ['one', 4],
      ['two', 5],
    ])
    expect(namesOf(due.choose({ ...LIMITS, total: 1 }, underWay))).toEqual(['late 1'])
  })

  it('serves each of many alike, however much each has', () => {
    const due = new DueAccounts()
    due.renew(makeAccounts(...Array.from({ length: 30 }, (_, index) => `account ${index}`)))
    const served = new Map<string, number>()
    for (let round = 0; round < 60; round += 1) {
      const wanted = due.choose({ ...LIMITS, total: 5 }, new Map())
      for (const { accountId, wanted: count } of wanted) {
        served.set(accountId, (served.get(accountId) ?? 0) + count)
      }
      due.settle(wanted, new Map(wanted.map((one) => [one.accountId, one.wanted])))
    }
    expect([...served.values()]).toEqual(Array.from({ length: 30 }, () => 10))
  })
})
