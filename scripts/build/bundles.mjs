// What is bundled, as data: one entry a bundle, with its esbuild options. Used by esbuild.mjs only.
import { existsSync, globSync } from 'node:fs'
import dashboardEntries from './dashboard-entries.json' with { type: 'json' }
import { gatewayElsewhere } from './gateway-elsewhere.mjs'
import { mcpElsewhere, pricesElsewhere, toolsElsewhere } from './lazy-bundle.mjs'
import { leanPriceData } from './lean-price-data.mjs'
import { slimPackages } from './slim-packages.mjs'

const host = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  legalComments: 'none',
  metafile: true,
  plugins: [slimPackages],
  // A dynamic import becomes a `require`, which VS Code's module interception and the compile cache both understand.
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.url': 'importMetaUrl',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    // undici's own switch for bundles that do without its experimental HTTP parser.
    esbuildDetection: 'true',
  },
  inject: ['scripts/build/import-meta-url.mjs'],
  // Zod's and others' module builds are smaller than their CommonJS twins because unused exports fall away.
  mainFields: ['module', 'main'],
  // Said of what slim-packages.mjs has emptied; the compiler finds such mistakes in our own files.
  logOverride: { 'import-is-undefined': 'silent' },
}

const page = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome124', 'firefox128', 'safari17'],
  legalComments: 'none',
  metafile: true,
  logOverride: { 'import-is-undefined': 'silent' },
  plugins: [slimPackages],
  loader: { '.ttf': 'file', '.svg': 'text' },
  assetNames: '[name]',
}

/** What the build removes first: chunks are named by their content, so that old ones would pile up. */
export const stale = 'dist/webview/chunk-*'

/** Files copied as they are: source, then place below dist. */
export const copies = [
  ['node_modules/sql.js/dist/sql-wasm.wasm', 'sql-wasm.wasm'],
  ['node_modules/@vscode/codicons/dist/codicon.css', 'webview/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'webview/codicon.ttf'],
  ['webview/index.html', 'webview/index.html'],
]

/** The bundles of one build; entries that don't exist yet are listed all the same, the caller decides what that means. */
export function bundles({ tests }) {
  const list = [
    {
      name: 'extension.cjs',
      entry: 'src/extension.ts',
      options: { ...host, plugins: [slimPackages, gatewayElsewhere({ lazyOnly: true }), toolsElsewhere] },
    },
    {
      name: 'gateway.cjs',
      entry: 'src/gateway.ts',
      options: { ...host, plugins: [slimPackages, pricesElsewhere, toolsElsewhere, mcpElsewhere] },
    },
    { name: 'mcp.cjs', entry: 'src/server/mcp/sessions.ts', options: host },
    { name: 'uninstall.cjs', entry: 'src/uninstall.ts', options: { ...host, plugins: [slimPackages, toolsElsewhere] } },
    {
      name: 'prices.cjs',
      entry: 'src/engine/prices/library.ts',
      options: { ...host, plugins: [slimPackages, leanPriceData] },
    },
    { name: 'tools.cjs', entry: 'src/tools/desk.ts', options: host },
    {
      name: 'headless.cjs',
      entry: 'src/headless.ts',
      options: {
        ...host,
        plugins: [slimPackages, gatewayElsewhere({ lazyOnly: false })],
        banner: { js: "#!/usr/bin/env node\nrequire('node:module').enableCompileCache?.();" },
      },
    },
    // In parts: the frame comes first, each page when it is first looked at, and what several of them use in chunks. Pages are
    // entries of their own so that their files have lasting names.
    {
      name: 'webview/dashboard.js',
      entry: 'webview/dashboard.ts',
      options: { ...page, splitting: true, chunkNames: 'chunk-[hash]' },
      entries: dashboardEntries,
    },
  ]
  for (const sheet of globSync('webview/*.css').sort()) {
    list.push({ name: sheet, entry: sheet, options: page, optional: true })
  }
  const suite = 'test/vscode/suite/index.ts'
  if (tests && existsSync(suite)) {
    // mocha stays outside: it finds its own files by path.
    list.push({ name: 'test/vscode-suite.cjs', entry: suite, options: { ...host, external: ['vscode', 'mocha'] } })
  }
  return list
}

/**
 * Upper limits, in bytes, of what ships: each sums the files it matches (paths below dist), with `each` it holds for every one of
 * them alone, with `start` for the file and all that it imports at once.
 */
export const budgets = [
  { name: 'extension.cjs', matches: (file) => file === 'extension.cjs', limit: 400_000 },
  { name: 'host code', matches: (file) => /^(?!prices|tools|mcp)[^/]+\.cjs$/.test(file), limit: 1_500_000 },
  { name: 'prices.cjs', matches: (file) => file === 'prices.cjs', limit: 350_000 },
  { name: 'tools.cjs', matches: (file) => file === 'tools.cjs', limit: 400_000 },
  { name: 'mcp.cjs', matches: (file) => file === 'mcp.cjs', limit: 250_000 },
  {
    name: 'each file of the dashboard',
    matches: (file) => /^webview\/(?!codicon).*\.(js|css)$/.test(file),
    limit: 250_000,
    each: true,
  },
  { name: 'start of the dashboard', matches: (file) => file === 'webview/dashboard.js', limit: 210_000, start: true },
]
