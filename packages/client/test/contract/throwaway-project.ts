import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Root of the package under test. */
export const PACKAGE_DIR = join(import.meta.dirname, '../..')

interface Finished {
  readonly exitCode: number
  /** Standard output and error, in this order. */
  readonly output: string
}

/** Runs a program to its end. Never rejects for what the program says: its exit code tells. */
export async function runProgram(file: string, args: readonly string[], cwd: string): Promise<Finished> {
  try {
    const { stdout, stderr } = await execute(file, [...args], { cwd, timeout: 180_000, maxBuffer: 64 * 1024 * 1024 })
    return { exitCode: 0, output: `${stdout}${stderr}` }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string }
    return { exitCode: typeof code === 'number' ? code : 1, output: `${stdout}${stderr}${String(error)}` }
  }
}

/** As `runProgram`, for what must succeed. @throws Error with everything the program said */
export async function runToSuccess(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { exitCode, output } = await runProgram(file, args, cwd)
  if (exitCode !== 0) {
    throw new Error(`${file} ${args.join(' ')} ended with ${exitCode}:\n${output}`)
  }
  return output
}

/** A folder outside of the workspace into which the packed package is installed, as by anybody. */
export interface ThrowawayProject extends AsyncDisposable {
  readonly dir: string
  readonly tarball: string
}

/** Builds and packs the package with npm and installs it, with `dependencies` beside it, in a new folder. Uses the registry. */
export async function installPacked(dependencies: Readonly<Record<string, string>>): Promise<ThrowawayProject> {
  const dir = await mkdtemp(join(tmpdir(), 'maildock-consumer-'))
  await runToSuccess('npm', ['pack', PACKAGE_DIR, '--pack-destination', dir, '--loglevel', 'error'], dir)
  const tarball = await findTarball(dir)
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { '@maildock/client': `file:${tarball}`, ...dependencies },
  }
  await writeFile(join(dir, 'package.json'), JSON.stringify(manifest))
  await mkdir(join(dir, 'src'))
  await copyFile(join(import.meta.dirname, 'consumer/program.ts'), join(dir, 'src/program.ts'))
  await runToSuccess('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], dir)
  return { dir, tarball, [Symbol.asyncDispose]: async () => await rm(dir, { recursive: true, force: true }) }
}

async function findTarball(dir: string): Promise<string> {
  const [name, ...others] = (await readdir(dir)).filter((file) => file.endsWith('.tgz'))
  if (name === undefined || others.length > 0) {
    throw new Error(`npm pack left not exactly one tarball: ${[name, ...others].join(', ')}`)
  }
  return join(dir, name)
}
