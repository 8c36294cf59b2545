// Builds dist/: host bundles, webview, assets. `--watch` rebuilds on change, `--tests` adds the editor test suite,
// `--production` insists that every entry exists and writes the third-party notices. Sizes over budget fail the build.
import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as esbuild from 'esbuild'
import { budgets, bundles, copies, stale } from './scripts/build/bundles.mjs'
import { bundledPackages, noticesText } from './scripts/build/notices.mjs'
import { generate } from './scripts/generate.mjs'

const flags = new Set(process.argv.slice(2))
const production = flags.has('--production')
const watch = flags.has('--watch')

process.chdir(import.meta.dirname)

try {
  await generate()
  const wanted = bundles({ tests: flags.has('--tests') }).filter(({ entry }) => isThere(entry))
  const assets = copies.filter(([from]) => isThere(from))
  rmSync(production ? 'dist' : 'dist/.built', { recursive: true, force: true })
  for (const file of globSync(stale)) rmSync(file)
  copyAssets(assets)
  const results = await runEsbuild(wanted)
  if (!watch) finish(results)
} catch (error) {
  // esbuild has printed its own errors already.
  if (!Array.isArray(error?.errors)) console.error(`build: ${error?.message ?? error}`)
  process.exitCode = 1
}

function copyAssets(assets) {
  for (const [from, to] of assets) {
    const target = path.join('dist', to)
    mkdirSync(path.dirname(target), { recursive: true })
    copyFileSync(from, target)
  }
}

async function runEsbuild(wanted) {
  const jobs = wanted.map(({ name, entry, entries, options }) => ({
    ...options,
    // Several entries go into one folder, under their own names.
    ...(entries
      ? { entryPoints: entries, outdir: path.join('dist', path.dirname(name)) }
      : { entryPoints: [entry], outfile: path.join('dist', name) }),
    minify: !watch,
    sourcemap: production ? 'external' : 'linked',
    logLevel: watch ? 'info' : 'warning',
  }))
  if (!watch) return Promise.all(jobs.map((job) => esbuild.build(job)))
  const contexts = await Promise.all(jobs.map((job) => esbuild.context(job)))
  await Promise.all(contexts.map((context) => context.watch()))
  return []
}

function isThere(file) {
  if (existsSync(file)) return true
  if (production) throw new Error(`${file} is missing`)
  console.log(`skipped: ${file} does not exist yet`)
  return false
}

function finish(results) {
  const metafiles = results.map(({ metafile }) => metafile)
  writeFileSync('dist/metafile.json', JSON.stringify(mergeMetafiles(metafiles)))
  const shipped = filesBelow('dist').filter((file) => /\.(cjs|js|css|wasm|ttf|html)$/.test(file))
  for (const file of shipped) console.log(`${kilobytes(sizeOf(file)).padStart(10)}  dist/${file}`)
  if (production) writeNotices(metafiles)
  const over = budgets.filter((budget) => reportBudget(budget, shipped, metafiles))
  if (over.length > 0) process.exitCode = 1
  else writeFileSync('dist/.built', '')
}

function writeNotices(metafiles) {
  // The wasm and the icon font are copied, not bundled, so no metafile knows them.
  const folders = new Set([...bundledPackages(metafiles), 'node_modules/sql.js', 'node_modules/@vscode/codicons'])
  writeFileSync('THIRD-PARTY-NOTICES.txt', noticesText([...folders].sort()))
}

/** Prints what a budget came to and, when it is exceeded, which inputs weigh most. True when it is exceeded. */
function reportBudget({ name, matches, limit, each, start }, shipped, metafiles) {
  const matching = shipped.filter(matches)
  const files = start ? withImports(matching, metafiles) : matching
  const sizes = files.map((file) => sizeOf(file))
  const total = each ? Math.max(...sizes) : sizes.reduce((sum, size) => sum + size, 0)
  console.log(`${name}: ${each ? 'at most ' : ''}${kilobytes(total)} of ${kilobytes(limit)}`)
  if (total <= limit) return false
  console.error(`build: ${name} is over budget. Largest inputs:`)
  const outputs = new Set(files.map((file) => `dist/${file}`))
  const inputs = metafiles.flatMap((metafile) =>
    Object.entries(metafile.outputs)
      .filter(([output]) => outputs.has(output))
      .flatMap(([output, detail]) =>
        Object.entries(detail.inputs).map(([input, { bytesInOutput }]) => ({ output, input, bytesInOutput })),
      ),
  )
  inputs.sort((left, right) => right.bytesInOutput - left.bytesInOutput)
  for (const { output, input, bytesInOutput } of inputs.slice(0, 12)) {
    console.error(`${kilobytes(bytesInOutput).padStart(10)}  ${input} in ${output}`)
  }
  return true
}

/** The files and all that they import at once; what is imported on demand stays out. */
function withImports(files, metafiles) {
  const found = new Set(files)
  for (const file of found) {
    for (const { outputs } of metafiles) {
      for (const { path: imported, kind } of outputs[`dist/${file}`]?.imports ?? []) {
        if (kind === 'import-statement') found.add(imported.replace('dist/', ''))
      }
    }
  }
  return [...found]
}

function mergeMetafiles(metafiles) {
  const merged = { inputs: {}, outputs: {} }
  for (const { inputs, outputs } of metafiles) {
    Object.assign(merged.inputs, inputs)
    Object.assign(merged.outputs, outputs)
  }
  return merged
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(path.join(folder, 'test')))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
}

function sizeOf(file) {
  return statSync(path.join('dist', file)).size
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}
