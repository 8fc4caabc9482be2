import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@maildock/core'
import { SHUTDOWN_DEADLINE_MS } from './shutdown.ts'

export interface SupervisedProcess {
  /** For the log. */
  readonly name: string
  /** Arguments of the `maildock` command line; never a secret. */
  readonly args: readonly string[]
  /** Settings on top of this process's environment; secrets travel here. */
  readonly env: Readonly<Record<string, string>>
  /** File descriptor for the child's output; absent: inherited. */
  readonly output?: number
}

export interface SupervisorOptions {
  readonly processes: readonly SupervisedProcess[]
  readonly logger: Logger
  /** Called with each message a child sends. */
  readonly onMessage?: (name: string, message: unknown) => void
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const FIRST_RESTART_MS = 500
const MAX_RESTART_MS = 30_000
/** A child that lived this long starts with a fresh backoff. */
const LIVED_MS = 60_000

/**
 * glibc has a heap for each thread, up to eight a core, and gives back little of any: with two a worker that synchronises holds about a
 * twentieth less. Another C library does not look at it.
 */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' }

/** The delay before restart number `failures` (from 1) of a child: doubles from half a second to half a minute. */
export function planRestartMs(failures: number): number {
  return Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.max(0, failures - 1))
}

/**
 * Runs child processes of this program and starts each again when it dies. Disposing asks all to stop (SIGTERM), waits, and
 * kills what is left after the shutdown deadline.
 */
export function superviseProcesses({ processes, logger, onMessage }: SupervisorOptions): AsyncDisposable {
  const children = processes.map((spec) => superviseOne(spec, logger, onMessage))
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(children.map((child) => child[Symbol.asyncDispose]()))
    },
  }
}

function superviseOne(spec: SupervisedProcess, logger: Logger, onMessage: SupervisorOptions['onMessage']): AsyncDisposable {
  let stopping = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let child = start()

  function start(): ChildProcess {
    const startedAt = performance.now()
    const output = spec.output ?? 'inherit'
    const started = fork(MAIN, [...spec.args], {
      env: { ...FEW_ARENAS, ...process.env, ...spec.env },
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    })
    started.on('error', (error) => logger.error({ error, child: spec.name }, 'A child process could not be started or reached'))
    started.on('message', (message) => onMessage?.(spec.name, message))
    started.on('exit', (code, signal) => {
      if (stopping) return
      failures = performance.now() - startedAt > LIVED_MS ? 1 : failures + 1
      const delayMs = planRestartMs(failures)
      logger.error({ child: spec.name, code, signal, delayMs }, 'A child process ended unexpectedly; it is started again')
      timer = setTimeout(() => (child = start()), delayMs)
    })
    return started
  }

  return {
    async [Symbol.asyncDispose]() {
      stopping = true
      clearTimeout(timer)
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_DEADLINE_MS - 1000)
      await exited
      clearTimeout(kill)
    },
  }
}

/** The worker processes of one machine. Each works alone, whatever WORK_PROCESSES says to its parent. */
export function planWorkers(count: number, env: Readonly<Record<string, string>>, output?: number): SupervisedProcess[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `work-${index + 1}`,
    args: ['work'],
    env: { ...env, WORK_PROCESSES: '1' },
    ...(output === undefined ? {} : { output }),
  }))
}
