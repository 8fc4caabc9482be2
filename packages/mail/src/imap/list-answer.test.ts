import { describe, expect, it } from 'vitest'
import { ListAnswer } from './list-answer.ts'

function answer(...responses: readonly (readonly [keyword: string, text: string])[]): ListAnswer {
  const collected = new ListAnswer()
  for (const [keyword, text] of responses) {
    if (!collected.begin(keyword)) continue
    const octets = Buffer.from(text)
    collected.read({ octets, start: 0, end: octets.length, literal: -1 })
  }
  return collected
}

describe('what is listed', () => {
  it('is attributes, a delimiter and a name', () => {
    expect(
      answer(['LIST', String.raw` (\Sent "" NIL (x)) "/" Sent`], ['LIST', ' NIL NIL "a/b" ("CHILDINFO" ("SUBSCRIBED"))']).listed,
    ).toEqual([
      { flags: new Set(['\\Sent']), delimiter: '/', name: 'Sent' },
      { flags: new Set(), delimiter: null, name: 'a/b' },
    ])
  })

  it.each([' ()', ' () "/" NIL', ' () "/" (x)', ''])('has no name in %j', (text) => {
    expect(answer(['LIST', text]).listed).toMatchObject([{ name: '' }])
  })
})

describe('what is told of a mailbox', () => {
  it('is digits by their names, in any order and case', () => {
    const { told } = answer(['STATUS', ' INBOX (messages 3 UIDNEXT "4" X (1 2) HighestModseq 9223372036854775807 MORE)'])
    expect(told.map(({ name, items }) => [name, [...items]])).toEqual([
      [
        'INBOX',
        [
          ['MESSAGES', '3'],
          ['UIDNEXT', '4'],
          ['HIGHESTMODSEQ', '9223372036854775807'],
        ],
      ],
    ])
  })

  it.each([' INBOX', ' INBOX NIL', ' INBOX MESSAGES 3'])('is nothing in %j', (text) => {
    expect(answer(['STATUS', text]).told).toEqual([])
  })
})

describe('the answer', () => {
  it('leaves everything else to the library', () => {
    const collected = new ListAnswer()
    expect(['EXISTS', 'LSUB', 'OK', 'FETCH', '', 'LISTS'].filter((keyword) => collected.begin(keyword))).toEqual([])
  })

  it('is odd from the first line on that is', () => {
    const collected = answer(['LIST', ' () "/" a'], ['STATUS', ' a (MESSAGES 3'], ['LIST', ' () "/" b'])
    expect([collected.isOdd, collected.listed.length, collected.told.length]).toEqual([true, 1, 0])
  })

  it('is odd when it has more lines, or octets, than any account has mailboxes', () => {
    const lines = Array.from({ length: 20_001 }, (_value, index) => ['LIST', ` () "/" m${index}`] as const)
    expect(answer(...lines.slice(0, 20_000)).isOdd).toBe(false)
    expect(answer(...lines)).toMatchObject({ isOdd: true, listed: { length: 20_000 } })
    const long = ['LIST', ` () "/" "${'x'.repeat(900_000)}"`] as const
    expect(answer(...Array.from({ length: 19 }, () => long))).toMatchObject({ isOdd: true, listed: { length: 18 } })
  })
})
