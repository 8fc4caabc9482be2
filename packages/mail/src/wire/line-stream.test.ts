import { Duplex } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConnectionLost, LineStream, ProtocolViolation } from './line-stream.ts'

/** A socket whose far end says these chunks and then ends, or stays silent. */
function saying(chunks: readonly (string | Uint8Array)[], { ends = true } = {}): Duplex {
  const waiting = [...chunks]
  return new Duplex({
    read() {
      const next = waiting.shift()
      if (next !== undefined) this.push(next)
      else if (ends) this.push(null)
    },
    write(_chunk, _encoding, done) {
      done()
    },
  })
}

async function readAll(socket: Duplex): Promise<readonly string[]> {
  const stream = new LineStream(socket)
  const lines: string[] = []
  for (;;) {
    try {
      lines.push(await stream.readLine())
    } catch (error) {
      if (error instanceof ConnectionLost) return lines
      throw error
    }
  }
}

describe('LineStream', () => {
  test('reads the same lines however the octets are cut', async () => {
    const text = Buffer.from('* OK a\r\n\r\nb \u00fc \u4e2d\nlast\r\n')
    const whole = await readAll(saying([text]))
    expect(whole).toEqual(['* OK a', '', 'b \u00fc \u4e2d', 'last'])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 12 }), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        const chunks = edges.slice(1).map((end, index) => text.subarray(edges[index], end))
        expect(await readAll(saying(chunks.filter((chunk) => chunk.length > 0)))).toEqual(whole)
      }),
    )
  })

  test('reads octets that are no UTF-8 as Latin-1', async () => {
    expect(await readAll(saying([Uint8Array.of(0x66, 0xfc, 0x72, 0x0d, 0x0a)]))).toEqual(['f\u00fcr'])
  })

  test('refuses a line of more than 32 768 octets, with or without an end', async () => {
    await expect(readAll(saying(['x'.repeat(33_000)], { ends: false }))).rejects.toThrow(ProtocolViolation)
    await expect(readAll(saying([`${'x'.repeat(33_000)}\r\n`]))).rejects.toThrow(ProtocolViolation)
    expect(await readAll(saying([`${'x'.repeat(32_000)}\r\n`]))).toHaveLength(1)
  })

  test('refuses more than 256 KiB in all, in lines of any length', async () => {
    await expect(readAll(saying(Array.from({ length: 400 }, () => `${'y'.repeat(1000)}\r\n`)))).rejects.toThrow('flood')
  })

  test('a line the server did not finish is a lost connection, not a line', async () => {
    await expect(new LineStream(saying(['* OK hal'])).readLine()).rejects.toThrow(ConnectionLost)
  })

  test('the error of the socket is the cause', async () => {
    const socket = saying([], { ends: false })
    const reading = new LineStream(socket).readLine()
    socket.destroy(new Error('ECONNRESET'))
    await expect(reading).rejects.toMatchObject({ name: 'ConnectionLost', cause: { message: 'ECONNRESET' } })
  })

  test('literals are counted in octets', async () => {
    const stream = new LineStream(saying(['\u00fc\r\n)rest\r\n']))
    expect((await stream.readOctets(4)).toString()).toBe('\u00fc\r\n')
    expect(await stream.readLine()).toBe(')rest')
    await expect(stream.readOctets(1_000_000)).rejects.toThrow(ProtocolViolation)
  })

  test('gives back what it read too much, in order, after what is put before it', async () => {
    const socket = saying(['first\r\nsecond\r\nthi', 'rd\r\n'])
    const stream = new LineStream(socket)
    expect(await stream.readLine()).toBe('first')
    stream.release('* greeting\r\n')
    const rest: Buffer[] = []
    for await (const chunk of socket) rest.push(chunk as Buffer)
    expect(Buffer.concat(rest).toString()).toBe('* greeting\r\nsecond\r\nthird\r\n')
  })

  test('knows of octets nobody asked for', async () => {
    const stream = new LineStream(saying(['a OK\r\ninjected'], { ends: false }))
    await stream.readLine()
    expect(stream.unreadOctets).toBe('injected'.length)
  })
})
