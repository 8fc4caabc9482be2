import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

export interface StartProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Default 120 s. For what is waited for in its output. */
  readonly deadlineMs?: number
}

/** A process of our own. It leads a process group, so that what it starts can be told and ended with it, as a terminal does. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number
  /** Its exit code, when it has ended; null when a signal ended it or it never began. */
  readonly ended: Promise<number | null>
  /** Everything written so far, both streams. */
  output(): string
  /** The first match in the output. @throws when the process ends, or the deadline passes, without one */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Signals the whole group and resolves with the exit code when the process has ended. Killed after 30 s. */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

const DEFAULT_DEADLINE_MS = 120_000
const KILL_AFTER_MS = 30_000
const POLL_MS = 10

/** Starts a process with this environment and no other. */
export function startProcess({ command, args, env, cwd, deadlineMs = DEFAULT_DEADLINE_MS }: StartProcessOptions): RunningProcess {
  const child = spawn(command, [...args], { env: { ...env }, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let failure: Error | null = null
  const { promise: closed, resolve: close } = Promise.withResolvers<number | null>()
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  child.once('error', (error) => {
    failure = error
    close(null)
  })
  child.once('close', close)
  const hasEnded = (): boolean => failure !== null || child.exitCode !== null || child.signalCode !== null

  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!hasEnded()) signalGroup(child.pid, signal)
    const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS)
    try {
      return await closed
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    pid: child.pid ?? 0,
    ended: closed,
    output: () => text,
    waitFor: async (pattern) => {
      const endsAt = performance.now() + deadlineMs
      for (;;) {
        const match = pattern.exec(text)
        if (match !== null) return match
        if (hasEnded() || performance.now() > endsAt) {
          throw new Error(`${command} ${args.join(' ')}: no ${String(pattern)} in its output:\n${text}`, { cause: failure })
        }
        await delay(POLL_MS)
      }
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGTERM')),
  }
}

/** Runs a process to its end and gives its standard streams. @throws when it fails */
export async function runToEnd(options: StartProcessOptions): Promise<string> {
  await using running = startProcess(options)
  const code = await waitForEnd(running, options.deadlineMs ?? DEFAULT_DEADLINE_MS)
  if (code !== 0) throw new Error(`${options.command} ${options.args.join(' ')} ended with ${code}:\n${running.output()}`)
  return running.output()
}

async function waitForEnd(running: RunningProcess, deadlineMs: number): Promise<number | null> {
  const timer = setTimeout(() => signalGroup(running.pid, 'SIGKILL'), deadlineMs)
  try {
    return await running.ended
  } finally {
    clearTimeout(timer)
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid === 0) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Nobody is left in the group: that is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
