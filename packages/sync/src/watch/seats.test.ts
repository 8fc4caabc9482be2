import { expect, it } from 'vitest'
import { Seats } from './seats.ts'

const HOST = 'mail.example:993'
const never = new AbortController().signal

async function untilLeft(stop: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve('left'), { once: true })
  })
}

it('there is none before there is room', async () => {
  expect(await new Seats().hold(HOST, never, async () => 'sat')).toBeNull()
})

it('gives as many as there are, and each again when it is free', async () => {
  const seats = new Seats()
  seats.setRoom(1)
  const first = seats.hold(HOST, never, untilLeft)
  expect(await seats.hold(HOST, never, async () => 'sat')).toBeNull()
  expect(seats.taken).toBe(1)
  seats.setRoom(0)
  expect(await first).toBe('left')
  expect(seats.taken).toBe(0)
  seats.setRoom(-3)
  expect(await seats.hold(HOST, never, async () => 'sat')).toBeNull()
  seats.setRoom(2)
  expect(await seats.hold(HOST, never, async () => 'sat')).toBe('sat')
})

it('is left when its holder is stopped', async () => {
  const seats = new Seats()
  seats.setRoom(1)
  const holder = new AbortController()
  const held = seats.hold(HOST, holder.signal, untilLeft)
  holder.abort()
  expect(await held).toBe('left')
})

it('is left at a host without room for it, and only there', async () => {
  const seats = new Seats()
  seats.setRoom(4)
  const held = [HOST, 'other.example:993', HOST].map(async (host) => seats.hold(host, never, untilLeft))
  expect(seats.vacate(HOST, 1)).toBe(1)
  expect(await held[0]).toBe('left')
  expect(seats.taken).toBe(2)
  // One that was asked before is counted until it has left.
  expect([seats.vacate(HOST, 5), seats.vacate(HOST, 5)]).toEqual([1, 1])
  expect(await held[2]).toBe('left')
  expect([seats.vacate(HOST, 5), seats.taken]).toEqual([0, 1])
})

it('is asked for only as far as those that are left already do not suffice', async () => {
  const seats = new Seats()
  seats.setRoom(4)
  const ends = new AbortController()
  const stays = seats.hold(HOST, never, untilLeft)
  const leaving = Promise.withResolvers<string>()
  const left = seats.hold(HOST, ends.signal, async () => leaving.promise)
  ends.abort(new Error('Its account is watched no more.'))
  expect(seats.vacate(HOST, 1)).toBe(1)
  seats.setRoom(1)
  expect(seats.taken).toBe(2)
  leaving.resolve('left late')
  expect(await left).toBe('left late')
  expect(seats.taken).toBe(1)
  seats.setRoom(0)
  expect(await stays).toBe('left')
})
