import { describe, expect, it } from 'vitest'
import { describeSize, splitQuotes } from './message-text.ts'

describe('splitQuotes', () => {
  it('sets quotations apart by depth, without their marks', () => {
    expect(splitQuotes('Yes.\r\n\r\n> Is it done?\r\n>> When?\r\n> > Today?')).toEqual([
      { depth: 0, text: 'Yes.\n' },
      { depth: 1, text: 'Is it done?' },
      { depth: 2, text: 'When?\nToday?' },
    ])
  })

  it('leaves text without quotations whole, indentation included', () => {
    expect(splitQuotes('  1. one\n  2. two')).toEqual([{ depth: 0, text: '  1. one\n  2. two' }])
  })

  it('drops blocks of nothing but space', () => {
    expect(splitQuotes('\n\n> \n')).toEqual([])
  })

  it('takes markup for what it is here: text', () => {
    expect(splitQuotes('<b>bold</b>')).toEqual([{ depth: 0, text: '<b>bold</b>' }])
  })
})

describe('describeSize', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [24_400, '24 KB'],
    [1_449_000, '1.4 MB'],
    [25_300_000, '25 MB'],
    [3_000_000_000, '3.0 GB'],
  ])('%i octets are %s', (octets, words) => {
    expect(describeSize(octets)).toBe(words)
  })
})
