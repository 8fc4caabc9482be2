// Brings a fresh clone to the point where the project's own tools run. Plain JavaScript without dependencies: nothing is installed yet.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const OLDEST_NODE = 20
const INSTALLED_STAMP = join(root, 'node_modules', '.maildock-installed')

/** Environment in which the project's own binaries (Node 24 among them) come first and nothing phones home. */
export function toolEnv(extra = {}) {
  return {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    ...extra,
  }
}

/** Ends with one line when this Node cannot even start the installation. */
export function requireNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= OLDEST_NODE) return
  console.error(`Maildock needs Node ${OLDEST_NODE} or newer to start; this is ${process.version}.`)
  process.exit(1)
}

/** Installs the packages of the lockfile, unless the last installation was for the same lockfile. */
export async function ensureInstalled() {
  const wanted = installationKey()
  if (existsSync(INSTALLED_STAMP) && readFileSync(INSTALLED_STAMP, 'utf8') === wanted) return
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  await step('Installing packages', 'npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    env: { npm_config_loglevel: 'error', npm_config_update_notifier: 'false' },
  })
  writeFileSync(INSTALLED_STAMP, wanted)
}

function installationKey() {
  const hash = createHash('sha256')
  const manifests = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
  )
  for (const file of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    ...manifests.filter((manifest) => existsSync(join(root, manifest))),
  ]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * Runs one command as a visible step. Its output goes to a log file and is shown only when it fails.
 * @throws StepFailed
 */
export async function step(label, command, args, { env = {}, quiet = true, cwd = root } = {}) {
  const startedAt = Date.now()
  const tty = process.stdout.isTTY
  if (quiet && tty) process.stdout.write(`  … ${label}`)
  const { code, output } = await run(command, args, { env, quiet, cwd })
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  if (code === 0) {
    process.stdout.write(`${quiet && tty ? '\r' : ''}  ✓ ${label} (${seconds} s)\n`)
    return
  }
  process.stdout.write(`${quiet && tty ? '\r' : ''}  ✗ ${label} (${seconds} s)\n`)
  throw new StepFailed(label, output)
}

export class StepFailed extends Error {
  constructor(label, output) {
    super(`${label} failed.`)
    this.name = 'StepFailed'
    this.output = output
  }
}

function run(command, args, { env, quiet, cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: toolEnv(env),
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32',
    })
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: signal === null ? code : 1, output: Buffer.concat(chunks).toString('utf8') }))
  })
}

/** Generates the Prisma client and builds the client package and the dashboard; turbo skips what has not changed. */
export async function ensureBuilt() {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  await step('Building', 'turbo', ['run', 'generate', 'build', '--output-logs=errors-only', '--log-order=grouped'])
}

/** Prints a failed step so that a person can act on it, and ends. */
export function reportAndExit(error) {
  if (error instanceof StepFailed) {
    console.error(`\n${error.message} The end of its output:\n\n${error.output.split('\n').slice(-40).join('\n')}`)
  } else {
    console.error(error instanceof Error ? `\n${error.message}` : error)
  }
  process.exit(1)
}
