import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { createTestAuthority } from '@maildock/testkit'
import { expect, it } from 'vitest'
import { startCountingRelay } from './counting-relay.ts'

it('a relay hands on what both sides say, and counts it', async () => {
  const authority = await createTestAuthority()
  const certificate = await authority.issue({ names: ['localhost'] })
  const ca = authority.caCertificate
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    socket.write('* OK\r\n')
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await using relay = await startCountingRelay({ host: 'localhost', port, ca, certificate })
  const client = connect({ host: 'localhost', port: relay.port, ca, servername: 'localhost' })
  const [greeting] = (await once(client, 'data')) as [Buffer]
  client.write('noop\r\n')
  const [answer] = (await once(client, 'data')) as [Buffer]
  expect([greeting.toString(), answer.toString()]).toEqual(['* OK\r\n', 'NOOP\r\n'])
  expect(relay.octets).toBe('* OK\r\nnoop\r\nNOOP\r\n'.length)
  client.destroy()
  server.close()
})
