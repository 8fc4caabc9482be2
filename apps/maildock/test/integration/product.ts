import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A `maildock` command as a person would run it: its own process, its output collected. */
export interface RunningCommand extends AsyncDisposable {
  readonly child: ChildProcess
  /** Everything it has written so far, both streams. */
  output(): string
  /** Resolves with the first match in its output. @throws when it ends, or a minute passes, without one. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with its exit code when it has ended. */
  ended(): Promise<number | null>
  stop(signal: NodeJS.Signals): Promise<number | null>
}

const DEADLINE_MS = 90_000

export function runCommand(args: readonly string[], env: Readonly<Record<string, string>>): RunningCommand {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH, HOME, TMPDIR, ...env },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const { promise: closed, resolve: close } = Promise.withResolvers<number | null>()
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  child.once('close', (code) => close(code))

  const waitFor = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const deadline = AbortSignal.timeout(DEADLINE_MS)
    for (;;) {
      const match = pattern.exec(text)
      if (match !== null) return match
      if (child.exitCode !== null || deadline.aborted) throw new Error(`No ${String(pattern)} in the output:\n${text}`)
      await Promise.race([once(child.stdout, 'data', { signal: deadline }), closed])
    }
  }
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return await closed
  }
  return { child, output: () => text, waitFor, ended: () => closed, stop, [Symbol.asyncDispose]: async () => void (await stop('SIGTERM')) }
}

/** A data folder of its own, removed afterwards. */
export async function createDataDir(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'maildock-product-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** A person with a session cookie, on the REST interface. */
export interface Visitor {
  readonly password: string
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
}

export async function signUp(baseUrl: string, email: string, password: string): Promise<Visitor> {
  const response = await fetch(`${baseUrl}/api/session/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ email, password }),
  })
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  if (!response.ok) throw new Error(`Signing up answered ${response.status}: ${await response.text()}`)
  return {
    password,
    async call(method, path, body) {
      const answer = await fetch(`${baseUrl}${path}`, {
        method,
        headers: { cookie, origin: baseUrl, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
  }
}

/** Asks again and again until the answer satisfies; the pause is between questions, never instead of an answer. */
export async function eventually<T>(ask: () => Promise<T>, satisfied: (answer: T) => boolean, deadlineMs = 60_000): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (satisfied(answer)) return answer
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms. The last answer: ${JSON.stringify(answer)}`)
    await delay(50)
  }
}
