// esbuild plugin: a source file that lies in a bundle of its own, loaded when it is first needed. Only an `import()` is let through.
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** `file` from the root of the project; `bundle` beside the one that loads it. */
export function lazyBundle({ file, bundle }) {
  const target = path.resolve(root, file)
  return {
    name: `lazy-${path.parse(bundle).name}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`/${path.basename(file).replaceAll('.', '\\.')}$`) }, (args) => {
        if (path.resolve(args.resolveDir, args.path) !== target) return undefined
        if (args.kind !== 'dynamic-import')
          return { errors: [{ text: `${file} may be imported by \`await import()\` only` }] }
        return { path: `./${bundle}`, external: true }
      })
    },
  }
}

/** The price list, loaded when the first price is asked for. */
export const pricesElsewhere = lazyBundle({ file: 'src/engine/prices/library.ts', bundle: 'prices.cjs' })

/** What sets coding tools up, with the parsers that it needs. */
export const toolsElsewhere = lazyBundle({ file: 'src/tools/desk.ts', bundle: 'tools.cjs' })

/** What speaks MCP, loaded with the first agent that does. */
export const mcpElsewhere = lazyBundle({ file: 'src/server/mcp/sessions.ts', bundle: 'mcp.cjs' })
