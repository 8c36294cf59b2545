// Third-party notices: the licence of every package whose code, as the metafiles tell, is in what ships.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i

/** Packages that name a common licence without its text, and a file with that text. */
const textsElsewhere = { '@humanwhocodes/momoa': ['Apache-2.0', 'node_modules/typescript/LICENSE.txt'] }

/** Folders of the packages that put bytes into any output of the metafiles, sorted, e.g. `node_modules/@lit/context`. */
export function bundledPackages(metafiles) {
  const folders = new Set()
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = packageFolder(input)
        if (folder && bytesInOutput > 0) folders.add(folder)
      }
    }
  }
  return [...folders].sort()
}

/** The text of the notices file. Throws when a package carries no licence text, so that nothing ships without one. */
export function noticesText(folders) {
  const sections = folders.map((folder) => {
    const { name, version, license, homepage } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    const texts = readdirSync(folder)
      .filter((file) => licenceFile.test(file))
      .sort()
      .map((file) => readFileSync(path.join(folder, file), 'utf8').trim())
    const [licence, file] = textsElsewhere[name] ?? []
    if (texts.length === 0 && licence === license) texts.push(readFileSync(file, 'utf8').trim())
    if (texts.length === 0) throw new Error(`${name} is bundled but ships no licence text`)
    const from = homepage ? `\n${homepage}` : ''
    return `${name} ${version} (${license})${from}\n\n${texts.join('\n\n')}\n`
  })
  const rule = `\n${'-'.repeat(80)}\n\n`
  return `This extension contains code and data of the following packages.\n${rule}${sections.join(rule)}`
}

function packageFolder(input) {
  const start = input.lastIndexOf('node_modules/')
  if (start < 0) return undefined
  const [first, second] = input.slice(start + 'node_modules/'.length).split('/')
  const name = first.startsWith('@') ? `${first}/${second}` : first
  const folder = `${input.slice(0, start)}node_modules/${name}`
  return existsSync(path.join(folder, 'package.json')) ? folder : undefined
}
