import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import type { MigrationFiles } from './migration-files.ts'

type WasmExports = Readonly<Record<string, unknown>>

interface EngineModule {
  readonly SchemaEngine: typeof SchemaEngine
  __wbg_set_wasm(exports: WasmExports): void
}

/** The one function of the WebAssembly API that is used; its types come with the DOM, which server packages do without. */
interface WasmRuntime {
  instantiate(bytes: Uint8Array, imports: Readonly<Record<string, object>>): Promise<{ instance: { exports: WasmExports } }>
}

let loaded: Promise<EngineModule> | undefined

/**
 * Opens Prisma's schema engine, compiled to WebAssembly, on a connection (docs/adr/0002). The package's own entry imports the
 * `.wasm` as a module, which Node does not do without a flag; the same steps are taken here by hand, once per process.
 */
export async function openSchemaEngine(
  files: MigrationFiles,
  adapter: SqlMigrationAwareDriverAdapterFactory,
  log: (line: string) => void,
): Promise<SchemaEngine> {
  loaded ??= loadEngine()
  const { SchemaEngine: Engine } = await loaded
  return Engine.new({ datamodels: [[files.schema.path, files.schema.content]] }, log, bindMigrationAwareSqlAdapterFactory(adapter))
}

async function loadEngine(): Promise<EngineModule> {
  const glueUrl = pathToFileURL(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')).href
  const glue = (await import(glueUrl)) as EngineModule
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WasmRuntime }
  const { instance } = await WebAssembly.instantiate(await readFile(new URL('schema_engine_bg.wasm', glueUrl)), {
    './schema_engine_bg.js': glue,
  })
  // oxlint-disable-next-line no-underscore-dangle -- the generated glue names it so
  glue.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start']
  if (typeof start !== 'function') throw new Error('The schema engine has no start function.')
  start()
  return glue
}
