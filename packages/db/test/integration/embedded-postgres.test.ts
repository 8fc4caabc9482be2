import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { silentLogger, type Logger } from '@maildock/core'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { discardEmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/index.ts'
import { isAlive } from '../../src/embedded/process-identity.ts'
import { makeServerFolder } from './make-server-folder.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await makeServerFolder()
})
afterEach(async () => {
  if (!(await discardEmbeddedPostgres(dataDir))) throw new Error(`${dataDir} is still in use after its test.`)
})

function start(folder = dataDir, logger: Logger = silentLogger): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir: folder, logger, settings: { fsync: 'off' } })
}

async function query(connectionString: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function startOwnerProcess(): Promise<{ owner: ChildProcess; connectionString: string }> {
  const script = fileURLToPath(new URL('owner-process.ts', import.meta.url))
  const owner = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [chunk] = (await once(owner.stdout ?? owner, 'data')) as [Buffer]
  return { owner, connectionString: chunk.toString('utf8') }
}

async function readPostmasterPid(): Promise<number> {
  const [pid] = (await readFile(`${dataDir}/postgres/postmaster.pid`, 'utf8')).split('\n')
  return Number(pid)
}

describe('the embedded server', () => {
  test('finds its data and its port again', async () => {
    const first = await start()
    await query(first.connectionString, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first[Symbol.asyncDispose]()

    await using second = await start()
    expect(second.connectionString).toBe(first.connectionString)
    expect(await query(second.connectionString, 'SELECT * FROM kept')).toEqual([{ answer: 42 }])
  })

  test('listens on the loopback interface only, and only with its password', async () => {
    await using server = await start()
    expect(await query(server.connectionString, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
    expect(await query(server.connectionString, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }])
    const url = new URL(server.connectionString)
    url.password = 'wrong'
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/u)
  })

  test('keeps its password in a file for its user alone', async () => {
    await using server = await start()
    const { mode } = await stat(`${dataDir}/postgres.password`)
    expect(mode & 0o777).toBe(0o600)
    const password = (await readFile(`${dataDir}/postgres.password`, 'utf8')).trim()
    expect(new URL(server.connectionString).password).toBe(password)
    expect(await readFile(`${dataDir}/postgres.log`, 'utf8')).not.toContain(password)
  })

  test('writes neither statements nor values of a failed write to its log', async () => {
    await using server = await start()
    const failing = query(server.connectionString, "CREATE TABLE t (v text UNIQUE); INSERT INTO t VALUES ('canary-word'), ('canary-word')")
    await expect(failing).rejects.toThrow(/unique constraint/u)
    await vi.waitFor(async () => expect(await readFile(`${dataDir}/postgres.log`, 'utf8')).toContain('unique constraint'), {
      timeout: 10_000,
    })
    expect(await readFile(`${dataDir}/postgres.log`, 'utf8')).not.toContain('canary-word')
  })

  test('takes another port when its last one is taken', async () => {
    const first = await start()
    const port = Number(new URL(first.connectionString).port)
    await first[Symbol.asyncDispose]()
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    await using second = await start()
    expect(Number(new URL(second.connectionString).port)).not.toBe(port)
    await new Promise((resolve) => squatter.close(resolve))
  })

  test('says in the log when it ends by itself', async () => {
    const errors: string[] = []
    const logger: Logger = { ...silentLogger, error: (_fields, message) => errors.push(message) }
    await using server = await start(dataDir, logger)
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    process.kill(await readPostmasterPid(), 'SIGKILL')
    await vi.waitFor(() => expect(errors).toEqual(['The embedded PostgreSQL ended by itself.']), { timeout: 10_000 })
  })
})

describe('a data folder in use', () => {
  test('by this process is refused in one line', async () => {
    await using server = await start()
    await expect(start()).rejects.toThrow(EmbeddedPostgresError)
    await expect(start()).rejects.toThrow(`Another Maildock (process ${process.pid}) already uses ${dataDir}`)
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('by another process is refused, and that one goes on', async () => {
    const { owner, connectionString } = await startOwnerProcess()
    await expect(start()).rejects.toThrow(`Another Maildock (process ${owner.pid}) already uses`)
    expect(await discardEmbeddedPostgres(dataDir)).toBe(false)
    expect(await query(connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    owner.kill('SIGKILL')
    await once(owner, 'exit')
  })
})

describe('what a killed owner left', () => {
  test('a running server is stopped, and its data is there', async () => {
    const { owner, connectionString } = await startOwnerProcess()
    await query(connectionString, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const orphan = await readPostmasterPid()
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(isAlive(orphan)).toBe(true)

    await using server = await start()
    expect(isAlive(orphan)).toBe(false)
    expect(await query(server.connectionString, 'SELECT * FROM kept')).toEqual([{ answer: 42 }])
  })

  test('a running server is stopped when the folder is discarded', async () => {
    const { owner } = await startOwnerProcess()
    const orphan = await readPostmasterPid()
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(await discardEmbeddedPostgres(dataDir)).toBe(true)
    expect(isAlive(orphan)).toBe(false)
  })

  test.each([
    ['of a process that is gone', 2 ** 22 + 1],
    ['of a process that is something else', process.pid],
  ])('a postmaster.pid %s does not keep the server from starting', async (_name, pid) => {
    await (await start())[Symbol.asyncDispose]()
    await writeFile(`${dataDir}/postgres/postmaster.pid`, `${pid}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n1 1\nready\n`)
    await using server = await start()
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(isAlive(process.pid)).toBe(true)
  })

  test.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startTime: '1', nonce: 'x' })],
    ['of an earlier process with our id', JSON.stringify({ pid: process.pid, startTime: '1', nonce: 'x' })],
    ['that was cut short', '{"pid":'],
  ])('a lock file %s is taken over', async (_name, content) => {
    await writeFile(`${dataDir}/postgres.lock`, content)
    await using server = await start()
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await readFile(`${dataDir}/postgres.lock`, 'utf8')).not.toBe(content)
  })

  test('a half made cluster is made anew', async () => {
    await mkdir(`${dataDir}/postgres.new`)
    await writeFile(`${dataDir}/postgres.new/PG_VERSION`, '18\n')
    await using server = await start()
    expect(await query(server.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await readdir(dataDir)).not.toContain('postgres.new')
  })
})

describe('a data folder that only its owner may enter', () => {
  test('holds a server that works, or root is told why it cannot', async () => {
    await chmod(dataDir, 0o700)
    const outcome = await start().then(
      async (server) => {
        const rows = await query(server.connectionString, 'SELECT 1 AS one')
        await server[Symbol.asyncDispose]()
        return JSON.stringify(rows)
      },
      (error: unknown) => String(error),
    )
    expect(outcome).toMatch(/^\[\{"one":1\}\]$|PostgreSQL cannot run as root, and its user "postgres" may not enter/u)
  })
})

describe('a data folder that holds something else, too', () => {
  test('is not discarded', async () => {
    await writeFile(`${dataDir}/keys`, 'precious')
    await expect(discardEmbeddedPostgres(dataDir)).rejects.toThrow('it holds keys, too')
    expect(await readFile(`${dataDir}/keys`, 'utf8')).toBe('precious')
    await rm(`${dataDir}/keys`)
  })
})

describe('a data folder that cannot be used', () => {
  test('because it cannot be written', async () => {
    await writeFile(`${dataDir}/postgres.file`, '')
    await expect(start(`${dataDir}/postgres.file/below`)).rejects.toThrow(/cannot be written to \(ENOTDIR\): set DATA_DIR/u)
  })

  test('because the password is missing', async () => {
    await (await start())[Symbol.asyncDispose]()
    await rm(`${dataDir}/postgres.password`)
    await expect(start()).rejects.toThrow(/postgres\.password is missing: restore it/u)
  })

  test('because the server does not start: its own reason is told', async () => {
    await (await start())[Symbol.asyncDispose]()
    await appendFile(`${dataDir}/postgres/postgresql.conf`, '\nshared_buffers = nonsense\n')
    await expect(start()).rejects.toThrow(/PostgreSQL did not start: configuration file .* contains errors/u)
    expect(await readdir(dataDir)).not.toContain('postgres.lock')
  })

  test('because it is of another major version', async () => {
    await (await start())[Symbol.asyncDispose]()
    await writeFile(`${dataDir}/postgres/PG_VERSION`, '12\n')
    await expect(start()).rejects.toThrow(/PostgreSQL did not start: database files are incompatible with server/u)
  })
})
