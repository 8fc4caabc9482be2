import { expect, it } from 'vitest'
import { Seats } from './seats.ts'

const never = new AbortController().signal

async function untilLeft(stop: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve('left'), { once: true })
  })
}

it('there is none before there is room', async () => {
  expect(await new Seats().hold(never, async () => 'sat')).toBeNull()
})

it('gives as many as there are, and each again when it is free', async () => {
  const seats = new Seats()
  seats.setRoom(1)
  const first = seats.hold(never, untilLeft)
  expect(await seats.hold(never, async () => 'sat')).toBeNull()
  expect(seats.taken).toBe(1)
  seats.setRoom(0)
  expect(await first).toBe('left')
  expect(seats.taken).toBe(0)
  seats.setRoom(-3)
  expect(await seats.hold(never, async () => 'sat')).toBeNull()
  seats.setRoom(2)
  expect(await seats.hold(never, async () => 'sat')).toBe('sat')
})

it('is left when its holder is stopped', async () => {
  const seats = new Seats()
  seats.setRoom(1)
  const holder = new AbortController()
  const held = seats.hold(holder.signal, untilLeft)
  holder.abort()
  expect(await held).toBe('left')
})
