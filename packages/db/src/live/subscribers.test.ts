import { silentLogger, type LiveNotice, type Logger } from '@maildock/core'
import { describe, expect, test } from 'vitest'
import type { LiveSignal } from './live-signal.ts'
import { Subscribers } from './subscribers.ts'

const ALICE = '0190c0de-0000-7000-8000-00000000000a'
const BOB = '0190c0de-0000-7000-8000-00000000000b'
const notice: LiveNotice = { kind: 'session', userId: ALICE }

describe('Subscribers', () => {
  test('tell a notice to its user alone, and resync to everybody', () => {
    const subscribers = new Subscribers(silentLogger)
    const heard: [string, LiveSignal][] = []
    subscribers.add(ALICE, (signal) => heard.push(['alice', signal]))
    subscribers.add(BOB, (signal) => heard.push(['bob', signal]))
    subscribers.tell(notice)
    subscribers.resync()
    expect(heard).toEqual([
      ['alice', notice],
      ['alice', { kind: 'resync' }],
      ['bob', { kind: 'resync' }],
    ])
  })

  test('end one by one, also when one function subscribed twice', () => {
    const subscribers = new Subscribers(silentLogger)
    let heard = 0
    const count = (): void => {
      heard += 1
    }
    const endFirst = subscribers.add(ALICE, count)
    subscribers.add(ALICE, count)
    subscribers.tell(notice)
    endFirst()
    endFirst()
    subscribers.tell(notice)
    expect(heard).toBe(3)
  })

  test('an end that comes late does not end a later subscription of the same user', () => {
    const subscribers = new Subscribers(silentLogger)
    const heard: string[] = []
    const end = subscribers.add(ALICE, () => heard.push('first'))
    end()
    subscribers.add(ALICE, () => heard.push('second'))
    end()
    subscribers.tell(notice)
    expect(heard).toEqual(['second'])
  })

  test('a subscriber that throws is logged and the others still hear', () => {
    const logged: string[] = []
    const logger: Logger = { ...silentLogger, error: (_fields, message) => logged.push(message) }
    const subscribers = new Subscribers(logger)
    const heard: string[] = []
    subscribers.add(ALICE, () => {
      throw new Error('broken')
    })
    subscribers.add(ALICE, () => heard.push('heard'))
    subscribers.tell(notice)
    expect(heard).toEqual(['heard'])
    expect(logged).toEqual(['A live subscriber failed.'])
  })
})
