import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { startChaosProxy } from '../../src/index.ts'

/** Says what it is told. */
async function startEcho(): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Client extends Disposable {
  readonly socket: Socket
  readonly heard: () => string
}

async function open(port: number): Promise<Client> {
  const socket = connect({ host: '127.0.0.1', port })
  let heard = ''
  socket.on('data', (octets: Buffer) => (heard += octets.toString()))
  await once(socket, 'connect')
  return { socket, heard: () => heard, [Symbol.dispose]: () => socket.destroy() }
}

test('passes on what it is given, both ways, and counts it', async () => {
  await using echo = await startEcho()
  await using proxy = await startChaosProxy(echo.port)
  using client = await open(proxy.port)
  client.socket.write('hello')
  await vi.waitFor(() => expect(client.heard()).toBe('hello'), { timeout: 15_000 })
  expect([proxy.octets, proxy.connections]).toEqual([10, 1])
  client.socket.end()
  await once(client.socket, 'close')
})

test('resets a connection after so many octets, and not before', async () => {
  await using echo = await startEcho()
  await using proxy = await startChaosProxy(echo.port)
  proxy.mischief = { how: 'reset', afterOctets: 13 }
  using client = await open(proxy.port)
  client.socket.write('hello')
  await vi.waitFor(() => expect(client.heard()).toBe('hello'), { timeout: 15_000 })
  const failed = once(client.socket, 'error')
  client.socket.write('again')
  const [error] = (await failed) as [NodeJS.ErrnoException]
  expect([error.code, proxy.octets]).toEqual(['ECONNRESET', 13])
})

test('stalls a connection: it stays open, and nothing comes any more', async () => {
  await using echo = await startEcho()
  await using proxy = await startChaosProxy(echo.port)
  proxy.mischief = { how: 'stall', afterOctets: 7 }
  using client = await open(proxy.port)
  client.socket.write('hello')
  await vi.waitFor(() => expect(client.heard()).toBe('he'), { timeout: 15_000 })
  client.socket.write('again')
  proxy.mischief = null
  using other = await open(proxy.port)
  other.socket.write('hello')
  await vi.waitFor(() => expect(other.heard()).toBe('hello'), { timeout: 15_000 })
  expect([client.heard(), client.socket.destroyed]).toEqual(['he', false])
})

test('garbles what comes after so many octets', async () => {
  await using echo = await startEcho()
  await using proxy = await startChaosProxy(echo.port)
  proxy.mischief = { how: 'garble', afterOctets: 7 }
  using client = await open(proxy.port)
  client.socket.write('hello')
  await vi.waitFor(() => expect(client.heard()).toHaveLength('he'.length + 3 * '\uFFFD'.length), { timeout: 15_000 })
  expect([client.heard().slice(0, 2), proxy.octets]).toEqual(['he', 7])
})

test('resets what is open when it is told to', async () => {
  await using echo = await startEcho()
  await using proxy = await startChaosProxy(echo.port)
  using client = await open(proxy.port)
  client.socket.write('hello')
  await vi.waitFor(() => expect(client.heard()).toBe('hello'), { timeout: 15_000 })
  const failed = once(client.socket, 'error')
  proxy.resetAll()
  await failed
  expect(client.socket.destroyed).toBe(true)
})
