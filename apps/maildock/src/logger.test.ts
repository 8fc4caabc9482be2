import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger, describeError } from './logger.ts'

function collect(): { lines: string[]; destination: Writable } {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString('utf8'))
      done()
    },
  })
  return { lines, destination }
}

describe('createLogger', () => {
  it('lets no field that is named like a secret reach the sink', () => {
    const { lines, destination } = collect()
    const logger = createLogger({ level: 'info', name: 'test', destination })
    logger.info(
      { password: 'hunter2', account: { token: 'hunter2', id: 'a1' }, headers: { authorization: 'hunter2', cookie: 'hunter2' } },
      'Line',
    )
    expect(lines.join('')).not.toContain('hunter2')
    expect(lines.join('')).toContain('a1')
  })

  it('writes of an error its name, code, message and causes, and none of what libraries hang on it', () => {
    const { lines, destination } = collect()
    const cause = Object.assign(new Error('inner'), { code: 'ECONNRESET', connectionParameters: { pass: 'hunter2' } })
    createLogger({ level: 'info', name: 'test', destination }).error({ error: new Error('outer', { cause }) }, 'Line')
    expect(lines.join('')).not.toContain('hunter2')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { message: 'outer', cause: { code: 'ECONNRESET', message: 'inner' } } })
  })
})

describe('describeError', () => {
  it('describes what was thrown without being an error', () => {
    expect(describeError('text')).toEqual({ message: 'text' })
  })
})
