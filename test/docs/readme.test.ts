// What README.md and its companions say is so: providers, commands, settings, options, examples, links.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { parseConfig } from '../../src/admin/config.ts'
import { failures } from '../../src/core/errors.ts'
import { toComboMember } from '../../src/core/routing.ts'
import { defaultSettings } from '../../src/gateway.ts'
import { providers } from '../../src/providers/registry.generated.ts'
import { anchorsOf, blocksOf, codeSpansOf, documents, linksOf, readText, root, tableOf } from './markdown.ts'

const manifest = z
  .object({
    version: z.string(),
    engines: z.object({ vscode: z.string() }),
    scripts: z.record(z.string(), z.string()),
    contributes: z.object({
      commands: z.array(z.object({ command: z.string(), title: z.string() })),
      configuration: z.array(
        z.object({
          properties: z.record(z.string(), z.object({ default: z.unknown(), markdownDescription: z.string() })),
        }),
      ),
    }),
  })
  .parse(JSON.parse(readText('package.json')))
const texts: Record<string, string> = JSON.parse(readText('package.nls.json'))
const inWords = (text: string): string => texts[text.replaceAll('%', '')] ?? text
const titles = manifest.contributes.commands.map(({ title }) => `OmniRoute: ${inWords(title)}`)
const pictures = 'https://raw.githubusercontent.com/omniroute/omniroute-vscode/main/'
const readme = readText('README.md')

describe('README', () => {
  it('lists exactly the providers there are, with their wires and addresses', () => {
    const words: Record<string, string> = {
      'openai-chat': 'Chat',
      'openai-responses': 'Responses',
      'anthropic-messages': 'Messages',
      'gemini-generate': 'Gemini',
    }
    const rows = tableOf(readme, 'providers')
    assert.deepEqual(
      rows.map(([, id, , wires]) => [id, wires]),
      providers.map(({ id, wires }) => [`\`${id}\``, wires.map((wire) => words[wire]).join(', ')]),
    )
    for (const [index, { name, baseUrl, key }] of providers.entries()) {
      const [link = '', , needs, , address = ''] = rows[index] ?? []
      assert.ok(link.includes(name), name)
      assert.equal(needs === 'required', key === 'required', name)
      if (baseUrl !== undefined) assert.ok(address.includes(`\`${baseUrl}\``), name)
    }
  })

  it('lists exactly the commands and settings of the manifest', () => {
    assert.deepEqual(
      tableOf(readme, 'commands'),
      manifest.contributes.commands.map(({ command }, index) => [titles[index], `\`${command}\``]),
    )
    const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties))
    assert.deepEqual(
      tableOf(readme, 'settings'),
      settings.map(([id, setting]) => [
        `\`${id}\``,
        `\`${JSON.stringify(setting.default)}\``,
        inWords(setting.markdownDescription),
      ]),
    )
  })

  it('gives the options of the program as the program gives them', () => {
    const [, usage = ''] = /const usageText = `([^`]+)`/.exec(readText('src/headless.ts')) ?? []
    assert.ok(usage.includes('--config'))
    assert.ok(blocksOf(readme, '').includes(`${usage}\n`))
  })

  it('has an example of a configuration that is right', () => {
    const example = blocksOf(readme, 'json').find((text) => text.includes('"accounts"')) ?? ''
    const variables = { OMNIROUTE_KEY: 'a-long-random-text', GROQ_API_KEY: 'gsk_example' }
    const config = parseConfig(example, variables)
    assert.deepEqual(
      config.keys.map(({ key }) => key),
      ['a-long-random-text'],
    )
    assert.equal(config.accounts[0]?.apiKey, 'gsk_example')
    const ids = new Set(providers.map(({ id }) => id))
    for (const { provider } of config.accounts) assert.ok(ids.has(provider), provider)
    assert.deepEqual(config.settings, defaultSettings)
    const prefixes = config.accounts.map(({ prefix, provider }) => prefix ?? provider)
    for (const { model } of config.combos.flatMap(({ members }) => members.map(toComboMember))) {
      assert.ok(prefixes.includes(model.split('/', 1)[0] ?? ''), model)
    }
  })

  it('shows the failure of a wrong configuration in its own words', () => {
    const example = blocksOf(readme, 'json').find((text) => text.includes('"accounts"')) ?? ''
    assert.throws(
      () => parseConfig(example, { OMNIROUTE_KEY: 'a-long-random-text' }),
      (thrown) => {
        assert.ok(thrown instanceof Error && readme.includes(thrown.message), String(thrown))
        return true
      },
    )
  })

  it('names versions and the port as they are', () => {
    assert.ok(readme.includes(`omniroute-${manifest.version}.vsix`))
    assert.ok(readme.includes(`VS Code ${manifest.engines.vscode.replace(/^\^|\.0$/g, '')} or newer`))
    const ports = [...readme.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port))
    const others = new Set(providers.flatMap(({ baseUrl }) => /127\.0\.0\.1:(\d+)/.exec(baseUrl ?? '')?.[1] ?? []))
    // 8000 is the server of the example's own account.
    for (const port of ports) {
      assert.ok(port === defaultSettings.port || port === 8000 || others.has(String(port)), `port ${port}`)
    }
  })

  it('quotes only messages that the program has', () => {
    const sources = ['src/server/admission.ts', 'src/server/app.ts', 'src/server/lease.ts', 'src/membership.ts']
    const said = [
      ...sources.map(readText),
      ...Object.values(failures).map(({ nextStep }) => nextStep),
      readText('src/vscode/status-view.ts'),
    ].join('\n')
    for (const message of [
      'is used by another program.',
      'OmniRoute already runs with this data at',
      'OmniRoute: at port',
      'OmniRoute: key missing',
      'OmniRoute: no answer',
      'OmniRoute: reload this window',
      'The request carries no API key.',
      'The API key is not one of this gateway.',
      'There is nothing at',
    ]) {
      assert.ok(readme.includes(message), `README: ${message}`)
      assert.ok(said.includes(message), `sources: ${message}`)
    }
  })
})

describe('the documents', () => {
  for (const file of documents()) {
    it(`${file} links only to what is there`, () => {
      const text = readText(file)
      for (const target of linksOf(text)) {
        const relative = target.startsWith(pictures) ? target.slice(pictures.length) : target
        if (/^https?:/.test(relative)) continue
        const [place = '', anchor] = relative.split('#')
        const folder = target === relative ? path.dirname(file) : '.'
        const found = place === '' ? file : path.join(folder, place)
        assert.ok(existsSync(path.join(root, found)), `${target} leads nowhere`)
        if (anchor !== undefined) assert.ok(anchorsOf(readText(found)).has(anchor), `${target} names no heading`)
      }
    })

    it(`${file} names only scripts, commands and files that there are`, () => {
      const text = readText(file)
      for (const [, script = ''] of text.matchAll(/\bnpm run ([\w:]+)/g)) assert.ok(manifest.scripts[script], script)
      for (const [, script = ''] of text.matchAll(/\bnpm (start|test)\b/g)) assert.ok(manifest.scripts[script], script)
      for (const [, title = ''] of text.matchAll(/(?:"|\*\*)(OmniRoute: [A-Z][A-Za-z ]+)(?:"|\*\*)/g)) {
        assert.ok(titles.includes(title), title)
      }
      for (const span of codeSpansOf(text)) {
        if (!/^(src|test|scripts|webview|docs|media|l10n)\/[\w./-]*$/.test(span)) continue
        assert.ok(existsSync(path.join(root, span)), `${file}: ${span}`)
      }
    })
  }

  it('use pictures that are pictures, by an address that the Marketplace takes', () => {
    const used = linksOf(readme).filter((target) => /\.(png|svg|gif|jpe?g)$/.test(target))
    assert.ok(used.length >= 2)
    for (const target of used) {
      assert.ok(target.startsWith(pictures) && target.endsWith('.png'), target)
      const bytes = readFileSync(path.join(root, target.slice(pictures.length)))
      assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG')
      assert.ok(bytes.length > 10_000, target)
    }
  })
})
