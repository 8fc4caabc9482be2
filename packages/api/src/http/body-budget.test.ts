import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { createBodyBudget } from './body-budget.ts'

const MEGABYTE = 1024 * 1024

/** A request whose body ends at once, and the answer to it, as far as the reader looks. */
function open(octets: number): { readonly request: Request; readonly response: Response & EventEmitter } {
  const body = Buffer.from('{}')
  const request = Object.assign(new PassThrough(), {
    headers: { 'content-type': 'application/json', 'content-length': String(octets) },
  }) as unknown as Request & PassThrough
  request.end(body)
  const response = Object.assign(new EventEmitter(), { destroyed: false, closed: false }) as unknown as Response & EventEmitter
  return { request, response }
}

const code = async (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'read',
    (error: { code: string }) => error.code,
  )

describe('the budget of large bodies', () => {
  it('refuses what would be too much at once, until an answer is sent', async () => {
    const read = createBodyBudget(3 * MEGABYTE).createReader(10 * MEGABYTE)
    const [first, second] = [open(2 * MEGABYTE), open(2 * MEGABYTE)]
    expect(await code(read(first.request, first.response))).toBe('read')
    expect(await code(read(second.request, second.response))).toBe('service.unavailable')
    first.response.emit('close')
    const third = open(2 * MEGABYTE)
    expect(await code(read(third.request, third.response))).toBe('read')
  })

  it('is never in the way of a small one', async () => {
    const read = createBodyBudget(1).createReader(10 * MEGABYTE)
    const { request, response } = open(2)
    expect(await code(read(request, response))).toBe('read')
  })

  it('counts nothing of a caller who is gone', async () => {
    const read = createBodyBudget(3 * MEGABYTE).createReader(10 * MEGABYTE)
    for (let times = 0; times < 10; times += 1) {
      const { request, response } = open(2 * MEGABYTE)
      expect(await code(read(request, Object.assign(response, { destroyed: true })))).toBe('request.malformed')
    }
    const { request, response } = open(2 * MEGABYTE)
    expect(await code(read(request, response))).toBe('read')
  })
})
