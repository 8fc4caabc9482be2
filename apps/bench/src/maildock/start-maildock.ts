import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runToEnd, startProcess, type RunningProcess, type StartProcessOptions } from '../processes/running-process.ts'

export const MAIN = fileURLToPath(new URL('../../../maildock/src/main.ts', import.meta.url))

/** As the scripts of package.json and scripts/start.mjs start it. */
const AS_STARTED = ['--max-semi-space-size=4']

export interface MaildockCommand {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Folder a CPU profile is written to when it ends. */
  readonly profileDir?: string | undefined
  /** The cores it may use, as taskset lists them. Absent: all. */
  readonly cores?: string | undefined
}

/** Starts a `maildock` command as a person would: a process of its own, with the settings given and no others. */
export function startMaildock(command: MaildockCommand): RunningProcess {
  return startProcess(toProcess(command))
}

/** Runs a `maildock` command that ends by itself. @throws when it fails */
export async function runMaildock(command: MaildockCommand): Promise<string> {
  return runToEnd(toProcess(command))
}

/** A key ring nobody has used before. */
export function makeCredentialKeys(): string {
  return `bench:${randomBytes(32).toString('base64')}`
}

function toProcess({ args, env, profileDir, cores }: MaildockCommand): StartProcessOptions {
  const profile = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const own = [...AS_STARTED, ...profile, MAIN, ...args]
  const [command, all] = cores === undefined ? [process.execPath, own] : ['taskset', ['-c', cores, process.execPath, ...own]]
  return { command, args: all, env: { ...inheritedEnv(), ...env }, cwd: tmpdir() }
}

/** What a process needs of ours to run at all. */
export function inheritedEnv(): Readonly<Record<string, string>> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG'] as const
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
