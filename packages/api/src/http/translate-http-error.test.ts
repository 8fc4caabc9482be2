import { MaildockError } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { translateHttpError } from './translate-http-error.ts'

const bodyError = (type: string): Error => Object.assign(new Error('raised by the body reader'), { type, status: 400 })

const fileError = (status: number): Error => Object.assign(new Error('raised by the file server'), { status, statusCode: status })

describe('what Express raises', () => {
  it.each([
    ['entity.too.large', 'request.too_large'],
    ['encoding.unsupported', 'request.unsupported_media_type'],
    ['charset.unsupported', 'request.unsupported_media_type'],
    ['entity.parse.failed', 'request.malformed'],
    ['request.aborted', 'request.malformed'],
    ['request.size.invalid', 'request.malformed'],
    ['stream.encoding.set', 'internal.error'],
  ])('%s is %s', (type, code) => expect(translateHttpError(bodyError(type)).code).toBe(code))

  it('a path that cannot be decoded is malformed', () => {
    expect(translateHttpError(new URIError('Failed to decode')).code).toBe('request.malformed')
  })

  it('what the file server refuses is malformed; its faults are ours', () => {
    expect([412, 416, 500].map((status) => translateHttpError(fileError(status)).code)).toEqual([
      'request.malformed',
      'request.malformed',
      'internal.error',
    ])
  })

  it('our own errors stay', () => {
    const error = new MaildockError('route.not_found')
    expect(translateHttpError(error)).toBe(error)
  })

  it('anything else is a fault of ours', () => {
    expect(translateHttpError('x').code).toBe('internal.error')
  })
})
