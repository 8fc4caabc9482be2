import { join } from 'node:path'
import { defineConfig } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

const here = import.meta.dirname
const external = ['@trpc/client', /^@trpc\/server(\/|$)/, 'eventsource-parser', 'superjson', 'zod']

/** Where `tsc -p tsconfig.build.json` has put the declarations: ours, and those of the private package of schemas. */
const declarations = {
  index: join(here, 'build/types/client/src/index.d.ts'),
  core: join(here, 'build/types/core/src/index.d.ts'),
}

/** Reads the private package from its declarations, which lie beside ours and not beside its sources. */
const coreDeclarations = {
  name: 'core-declarations',
  resolveId: { order: 'pre', handler: (id) => (id === '@maildock/core' ? declarations.core : undefined) },
}

export default defineConfig([
  {
    // The schemas are a module of their own: whoever imports only the client bundles neither them nor zod.
    input: { index: join(here, 'src/index.ts') },
    external,
    platform: 'neutral',
    treeshake: { moduleSideEffects: false, manualPureFunctions: ['z'] },
    experimental: { attachDebugInfo: 'none' },
    output: {
      dir: join(here, 'dist'),
      format: 'es',
      chunkFileNames: '[name].js',
      // The declarations have them: twice they would be a tenth of the package.
      comments: { jsdoc: false },
      codeSplitting: { groups: [{ name: 'schemas', test: /packages[\\/]core[\\/]/u }] },
    },
  },
  {
    input: { index: declarations.index },
    external,
    // The declarations are made and checked by tsc; the generator only serves to read them.
    plugins: [coreDeclarations, dts({ dtsInput: true, generator: 'oxc', tsconfig: join(here, 'tsconfig.build.json') })],
    output: { dir: join(here, 'dist'), format: 'es' },
  },
])
