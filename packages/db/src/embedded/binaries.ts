import { access, chmod, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** Absolute paths of the programs. */
export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
}

/** The binary package of a platform is named `windows-x64`, `darwin-arm64`, …. */
const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' }

/**
 * Finds the PostgreSQL programs of this platform. Only the binary package of `embedded-postgres` is used: importing the package
 * itself installs signal handlers that exit the process, and it starts the server inside our process group, where Ctrl-C stops
 * it before the connections to it are closed.
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch}: install PostgreSQL and set DATABASE_URL.`,
      { cause },
    )
  }
  const { postgres, initdb } = (await import(pathToFileURL(entry).href)) as PostgresBinaries
  await Promise.all([postgres, initdb].map(ensureExecutable))
  return { postgres, initdb }
}

async function ensureExecutable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK)
  } catch {
    // Some package managers drop the executable bit. If this fails too, its own error says why.
    await chmod(path, 0o755)
  }
}
