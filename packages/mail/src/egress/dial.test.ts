import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dial, type Journey } from './dial.ts'
import { createEgressPolicy, type EgressPolicyOptions } from './egress-policy.ts'

let server: Server
let port = 0
let connections = 0

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1
    socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => {
  server.close()
})

function answers(...addresses: readonly string[]): readonly LookupAddress[] {
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

async function attempt(host: string, options: EgressPolicyOptions = {}, dialPort = port) {
  const journey: Journey = { stage: 'dns' }
  const before = connections
  const egress = createEgressPolicy({ allowPorts: [port], ...options })
  try {
    const { socket, hostname } = await dial(host, dialPort, { egress, signal: AbortSignal.timeout(5000), journey })
    const remote = socket.remoteAddress
    socket.destroy()
    return { hostname, remote, stage: journey.stage }
  } catch (error) {
    return { error, stage: journey.stage, dialled: connections - before }
  }
}

describe('dial', () => {
  test('connects to an allowed name, at the address that was looked up', async () => {
    const result = await attempt('Mail.Example.', { allowHosts: ['mail.example'], lookup: async () => answers('127.0.0.1') })
    expect(result).toEqual({ hostname: 'mail.example', remote: '127.0.0.1', stage: 'connect' })
  })

  test.each(['127.0.0.1', '127.1', '0x7f.1', '2130706433', '[::1]', '::ffff:127.0.0.1', '0', '169.254.169.254'])(
    'refuses %s without a lookup and without a connection',
    async (host) => {
      let lookups = 0
      const result = await attempt(host, {
        lookup: async () => {
          lookups += 1
          return answers('127.0.0.1')
        },
      })
      expect(result).toMatchObject({ error: { name: 'EgressRefusal', reason: 'address' }, stage: 'dns', dialled: 0 })
      expect(lookups).toBe(0)
    },
  )

  test('refuses a name with one public and one private address', async () => {
    const result = await attempt('mixed.example', { lookup: async () => answers('8.8.8.8', '127.0.0.1') })
    expect(result).toMatchObject({ error: { name: 'EgressRefusal' }, stage: 'dns', dialled: 0 })
  })

  test('looks a name up once: an answer that changes is not dialled', async () => {
    const turns = [answers('127.0.0.1'), answers('10.0.0.1')]
    const result = await attempt('rebind.example', { allowHosts: ['127.0.0.0/8'], lookup: async () => turns.shift() ?? [] })
    expect(result).toMatchObject({ remote: '127.0.0.1' })
    expect(turns).toHaveLength(1)
  })

  test('refuses a port that is not allowed before it looks up a name', async () => {
    let lookups = 0
    const lookup = async () => {
      lookups += 1
      return answers('127.0.0.1')
    }
    const result = await attempt('mail.example', { allowHosts: ['mail.example'], lookup }, 22)
    expect(result).toMatchObject({ error: { name: 'EgressRefusal', reason: 'port' }, stage: 'dns', dialled: 0 })
    expect(lookups).toBe(0)
  })

  test.each([
    ['has no address', async () => []],
    ['cannot be resolved', () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))],
    ['cannot be resolved now', () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }))],
  ])('says so when a name %s', async (_what, lookup) => {
    expect(await attempt('nowhere.example', { lookup })).toMatchObject({ error: { name: 'ResolutionFailure' }, stage: 'dns' })
  })

  test('goes on to the next address when one refuses, and takes families in turn', async () => {
    // Only 127.0.0.1 listens.
    const result = await attempt('many.example', {
      allowHosts: ['many.example'],
      lookup: async () => answers('::1', '127.0.0.2', '127.0.0.1'),
    })
    expect(result).toMatchObject({ remote: '127.0.0.1' })
  })

  test('a closed port is a system error at connect', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const address = closed.address()
    const closedPort = typeof address === 'object' && address !== null ? address.port : 0
    closed.close()
    await once(closed, 'close')
    const result = await attempt('127.0.0.1', { allowHosts: ['127.0.0.1'], allowPorts: [closedPort] }, closedPort)
    expect(result).toMatchObject({ error: { code: 'ECONNREFUSED' }, stage: 'connect' })
  })

  test('ends at once when the caller gives up, even while a name is looked up', async () => {
    const journey: Journey = { stage: 'dns' }
    const caller = new AbortController()
    const egress = createEgressPolicy({ allowPorts: [port], lookup: () => Promise.withResolvers<readonly LookupAddress[]>().promise })
    const dialling = dial('slow.example', port, { egress, signal: caller.signal, journey })
    caller.abort(new Error('enough'))
    await expect(dialling).rejects.toThrow('enough')
  })
})
