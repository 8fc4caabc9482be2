import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { MigrationList } from '@prisma/schema-engine-wasm'

const PRISMA_DIR = fileURLToPath(new URL('../../../../prisma/', import.meta.url))

/** The schema and the migrations as they lie in the repository, in the form the schema engine reads. */
export interface MigrationFiles {
  readonly schema: { readonly path: string; readonly content: string }
  /** Oldest first: names begin with their time. */
  readonly migrations: MigrationList
}

/** Reads `prisma/`. The stock Prisma CLI reads the same files. */
export async function readMigrationFiles(prismaDir: string = PRISMA_DIR): Promise<MigrationFiles> {
  const baseDir = `${prismaDir.replace(/[/\\]$/u, '')}/migrations`
  const entries = await readdir(baseDir, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
  const schemaPath = `${prismaDir.replace(/[/\\]$/u, '')}/schema.prisma`
  return {
    schema: { path: schemaPath, content: await readFile(schemaPath, 'utf8') },
    migrations: {
      baseDir,
      lockfile: { path: 'migration_lock.toml', content: await readFile(`${baseDir}/migration_lock.toml`, 'utf8') },
      shadowDbInitScript: '',
      migrationDirectories: await Promise.all(
        names.map(async (path) => ({
          path,
          migrationFile: {
            path: 'migration.sql',
            content: { tag: 'ok' as const, value: await readFile(`${baseDir}/${path}/migration.sql`, 'utf8') },
          },
        })),
      ),
    },
  }
}
