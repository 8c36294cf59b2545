// esbuild plugin: leaves out of packages what this program never reaches, named one by one with the reason.
import { readFileSync } from 'node:fs'
import path from 'node:path'

const replacements = [
  // Messages of zod in forty languages; only the English ones are ever shown.
  [/\/zod\/v4\/locales\/index\.js$/, "export { default as en } from './en.js'"],
  // Schemas that describe themselves as JSON Schema: only scripts/generate.mjs asks for that, and it is not bundled.
  [/\/zod\/v4\/core\/json-schema-generator\.js$/, 'export const JSONSchemaGenerator = undefined'],
  [/\/zod\/v4\/core\/json-schema-processors\.js$/, 'export const toJSONSchema = undefined'],
  [
    /\/zod\/v4\/core\/to-json-schema\.js$/,
    'export const createToJSONSchemaMethod = () => undefined, createStandardJSONSchemaMethod = () => undefined',
  ],
  // Validates answers to questions that have fields; ours have none (src/server/mcp/agent-server.ts).
  [
    /\/@modelcontextprotocol\/sdk\/dist\/esm\/validation\/ajv-provider\.js$/,
    'export const AjvJsonSchemaValidator = undefined',
  ],
  // Reads nested queries and forms; the application's query parser is off and no route takes a form.
  [/\/qs\/lib\/index\.js$/, 'module.exports = {}'],
  // Tables of East Asian and single-byte charsets. JSON is UTF-8 (RFC 8259); other charsets get a 415 from body-parser.
  [/\/iconv-lite\/encodings\/(dbcs-data|sbcs-data-generated)\.js$/, 'module.exports = {}'],
  // HTTP/2: every pool of ours is made with `allowH2: false`, so no connection ever agrees on it.
  [/\/undici\/lib\/dispatcher\/client-h2\.js$/, "module.exports = () => { throw new Error('HTTP/2 is not built in') }"],
]

/** Media types the server can meet: what browsers and programs send, and what the dashboard's files are. Not the vendors'. */
const keptMediaTypes = /^(text|image|font)\/|^application\/(?!vnd\.|x-(?!www-form-urlencoded|ndjson))|^multipart\//

export const slimPackages = {
  name: 'slim-packages',
  setup(build) {
    // Its entry loads fetch, WebSocket, caches and mocks along with the dispatchers.
    build.onResolve({ filter: /^undici$/ }, () => ({
      errors: [{ text: 'import the part of undici that is needed by its own path, see src/undici-parts.d.ts' }],
    }))
    build.onLoad({ filter: /\/mime-db\/db\.json$/ }, ({ path: file }) => {
      const all = Object.entries(JSON.parse(readFileSync(file, 'utf8')))
      return {
        contents: JSON.stringify(Object.fromEntries(all.filter(([type]) => keptMediaTypes.test(type)))),
        loader: 'json',
      }
    })
    for (const [filter, contents] of replacements) {
      build.onLoad({ filter }, ({ path: file }) => ({ contents, resolveDir: path.dirname(file) }))
    }
  },
}
