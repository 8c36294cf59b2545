// The import direction of docs/architecture.md, as rules: a folder may import only what stands to the right of it there.
const layers = {
  core: [],
  wire: ['core'],
  providers: ['core'],
  engine: ['wire', 'providers', 'core'],
  oauth: ['engine', 'wire', 'providers', 'core'],
  store: ['engine', 'wire', 'providers', 'core'],
  tools: ['engine', 'wire', 'providers', 'core'],
  admin: ['store', 'oauth', 'tools', 'engine', 'wire', 'providers', 'core'],
  server: ['admin', 'store', 'oauth', 'tools', 'engine', 'wire', 'providers', 'core'],
}

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|webview)/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}))

const pureFolders = '^src/(core|wire|providers)/'

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-circular',
      comment: 'type-only imports may point at each other: nothing of them is left when the program runs',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-vscode-imports-vscode',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(vscode/|extension\\.ts$)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'pure-folders-do-no-io',
      severity: 'error',
      from: { path: pureFolders },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-and-providers-have-no-packages',
      severity: 'error',
      from: { path: '^src/(core|providers)/' },
      to: { path: 'node_modules/' },
    },
    {
      name: 'wires-know-no-transport',
      severity: 'error',
      from: { path: '^src/wire/' },
      to: { path: 'node_modules/(express|undici|sql\\.js)/' },
    },
    {
      name: 'engine-knows-no-server-or-database',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: 'node_modules/(express|sql\\.js|vscode)/' },
    },
    {
      name: 'webview-knows-only-the-contract',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/admin/contract' },
    },
    { name: 'src-knows-no-webview', severity: 'error', from: { path: '^src/' }, to: { path: '^(webview|test)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs'] },
  },
}
