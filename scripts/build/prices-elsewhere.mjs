// esbuild plugins: the price list lies in a bundle of its own, loaded when the first price is asked for. What is never read of it
// is left out, and the rest is parsed as JSON, which is faster than evaluating it as code.
import { readFileSync } from 'node:fs'
import path from 'node:path'

const library = path.resolve(import.meta.dirname, '../../src/engine/prices/library.ts')

/** Only an `import()` is let through, as a load of prices.cjs. */
export const pricesElsewhere = {
  name: 'prices-elsewhere',
  setup(build) {
    build.onResolve({ filter: /\/library\.ts$/ }, (args) => {
      if (path.resolve(args.resolveDir, args.path) !== library) return undefined
      if (args.kind !== 'dynamic-import') {
        return { errors: [{ text: 'src/engine/prices/library.ts may be imported by `await import()` only' }] }
      }
      return { path: './prices.cjs', external: true }
    })
  },
}

/** Of each vendor and model what finding a price needs. */
export const leanPriceData = {
  name: 'lean-price-data',
  setup(build) {
    build.onLoad({ filter: /\/@pydantic\/genai-prices\/dist\/index\.js$/ }, async ({ path: file }) => {
      const { waitForUpdate } = await import('@pydantic/genai-prices')
      const code = readFileSync(file, 'utf8')
      const [whole, name] = /^const (\w+) = \[\n[\s\S]*?\n\](?=[,;])/.exec(code) ?? []
      if (name === undefined) return { errors: [{ text: 'the data of genai-prices is not where it used to be' }] }
      const data = JSON.stringify((await waitForUpdate()).map(lean))
      const contents = `const ${name} = JSON.parse(${JSON.stringify(data)})${code.slice(whole.length)}`
      return { contents, loader: 'js' }
    })
  },
}

function lean({ id, api_pattern, provider_match, fallback_model_providers, models }) {
  return {
    id,
    api_pattern,
    provider_match,
    fallback_model_providers,
    models: models.map(({ id, match, prices }) => ({ id, match, prices })),
  }
}
