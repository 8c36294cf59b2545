// esbuild plugin for the bundle of the price list: what is never read of it is left out, and the rest is parsed as JSON, which is
// faster than evaluating it as code.
import { readFileSync } from 'node:fs'

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
