// esbuild plugin: src/gateway.ts lives in a bundle of its own, so that activating the extension loads next to nothing.
import path from 'node:path'

const gateway = path.resolve(import.meta.dirname, '../../src/gateway.ts')

/** With `lazyOnly`, a static import is refused: it would load the whole gateway while the editor starts. */
export function gatewayElsewhere({ lazyOnly }) {
  return {
    name: 'gateway-elsewhere',
    setup(build) {
      build.onResolve({ filter: /\/gateway\.(ts|js)$/ }, (args) => {
        const target = path.resolve(args.resolveDir, args.path).replace(/\.js$/, '.ts')
        if (target !== gateway) return undefined
        if (lazyOnly && args.kind !== 'dynamic-import') {
          const text = 'src/gateway.ts may be imported here by `import type` or `await import()` only'
          return { errors: [{ text }] }
        }
        return { path: './gateway.cjs', external: true }
      })
    },
  }
}
