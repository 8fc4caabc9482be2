import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Runs a daemon under a guard that ends with us, however we end: the guard waits on a pipe that only we hold, stops the daemon when it closes
 * and removes the daemon's folder. A killed test run leaves no process and no file behind.
 */
export interface GuardedProcess extends AsyncDisposable {
  /** Set when the daemon ended by itself. */
  readonly exited: boolean
}

// $1: the folder to remove; the rest: the daemon in the foreground. The daemon leads a process group of its own (setsid), so that its
// children go with it.
const GUARD = `
dir="$1"; shift
setsid "$@" </dev/null >"$dir/daemon.log" 2>&1 &
daemon=$!
( wait_for() { while kill -0 "$daemon" 2>/dev/null; do sleep 0.2; done; kill -TERM $$ 2>/dev/null; }; wait_for ) </dev/null >/dev/null 2>&1 &
watch=$!
stop() {
  trap '' TERM
  kill "$watch" 2>/dev/null
  kill -TERM "$daemon" 2>/dev/null
  n=0
  while kill -0 "$daemon" 2>/dev/null && [ $n -lt 30 ]; do sleep 0.1; n=$((n+1)); done
  kill -KILL -- "-$daemon" 2>/dev/null
  rm -rf "$dir"
  exit 0
}
trap stop TERM INT HUP
read -r _ || true
stop
`

/** Starts a daemon that stays in the foreground. `folder` is removed at the end. */
export function startGuarded(folder: string, command: readonly string[]): GuardedProcess {
  const guard: ChildProcess = spawn('/bin/sh', ['-c', GUARD, 'guard', folder, ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  const ended = once(guard, 'exit')
  return {
    get exited() {
      return guard.exitCode !== null || guard.signalCode !== null
    },
    [Symbol.asyncDispose]: async () => {
      guard.stdin?.end()
      await ended
    },
  }
}

/** Waits until something listens on a loopback port. */
export async function untilListening(port: number, process: GuardedProcess, deadlineMs = 20_000): Promise<void> {
  const endsAt = performance.now() + deadlineMs
  for (;;) {
    if (process.exited) throw new Error(`the daemon for port ${port} has ended`)
    if (await isListening(port)) return
    if (performance.now() > endsAt) throw new Error(`nothing listens on port ${port} after ${deadlineMs} ms`)
    await delay(20)
  }
}

function isListening(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: '127.0.0.1', port })
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
