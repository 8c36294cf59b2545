// The manifest and the code say the same: commands, settings, vendor, texts.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { agentTools } from '../../src/admin/agents/tools.ts'
import { contributedSettings, manifest, readText, root } from './manifest.ts'

const { commands, languageModelChatProviders, languageModelTools, mcpServerDefinitionProviders, walkthroughs } =
  manifest.contributes
const texts: Record<string, string> = JSON.parse(readText('package.nls.json'))

describe('manifest', () => {
  it('contributes exactly the commands that have a handler', () => {
    const handled = [...readText('src/vscode/commands/handlers.ts').matchAll(/^ {4}'(omniroute\.[\w.]+)':/gm)].map(
      ([, id]) => id,
    )
    assert.ok(handled.length > 10)
    assert.deepEqual(commands.map(({ command }) => command).sort(), handled.sort())
  })

  it('gives every command a title in Title Case under the category OmniRoute', () => {
    for (const { title, category } of commands) {
      assert.equal(category, 'OmniRoute')
      const text = texts[title.replaceAll('%', '')] ?? ''
      assert.match(text, /^[A-Z][\w-]*( (in|for|[A-Z][\w-]*))*…?$/, title)
      assert.doesNotMatch(text, /OmniRoute/)
    }
  })

  it('uses in enablement clauses only the states that the session has', () => {
    const states = ['stopped', 'starting', 'running', 'reconnecting', 'outdated', 'failed']
    for (const { enablement = '' } of commands) {
      for (const [, state] of enablement.matchAll(/omniroute\.serverState == (\w+)/g))
        assert.ok(states.includes(state ?? ''))
      assert.doesNotMatch(enablement.replaceAll('omniroute.serverState', ''), /omniroute\./)
    }
  })

  it('declares the vendor that the code registers', () => {
    assert.deepEqual(
      languageModelChatProviders.map(({ vendor }) => vendor),
      ['omniroute'],
    )
    assert.match(readText('src/vscode/models/provider.ts'), /vendor = 'omniroute'/)
    // With a configuration of the vendor's, VS Code 1.139 forgets what a user sets for a single model.
    assert.deepEqual(
      languageModelChatProviders.map(({ configuration }) => configuration),
      [undefined],
    )
    for (const { managementCommand } of languageModelChatProviders)
      assert.ok(commands.some(({ command }) => command === managementCommand))
  })

  it('contributes exactly the tools for agents that there are, in the same words, each of which can be referred to', () => {
    assert.deepEqual(
      languageModelTools.map(({ name, modelDescription, inputSchema }) => ({ name, modelDescription, inputSchema })),
      agentTools.map(({ name, description, input }) => ({ name, modelDescription: description, inputSchema: input })),
    )
    for (const { toolReferenceName } of languageModelTools) assert.match(toolReferenceName, /^omniroute[A-Z]\w+$/)
  })

  it('declares the provider of MCP servers that the code registers', () => {
    const [, id] = /providerId = '([\w.]+)'/.exec(readText('src/vscode/mcp/register.ts')) ?? []
    assert.deepEqual(
      mcpServerDefinitionProviders.map((provider) => provider.id),
      [id],
    )
  })

  it('names a script for the end that is built', () => {
    assert.equal(manifest.scripts['vscode:uninstall'], 'node ./dist/uninstall.cjs')
    assert.match(readText('scripts/build/bundles.mjs'), /name: 'uninstall\.cjs', entry: 'src\/uninstall\.ts'/)
  })

  it('keeps a workspace from setting anything', () => {
    assert.deepEqual(
      manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted(),
      Object.keys(contributedSettings()).sort(),
    )
  })

  it('asks for no newer editor than its typings describe, and for no proposed API', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`)
    assert.equal(manifest.enabledApiProposals, undefined)
    assert.ok(manifest.keywords.includes('language-models') && manifest.keywords.length <= 30)
  })

  it('names only commands and pictures that exist in the walkthrough', () => {
    const known = new Set(commands.map(({ command }) => command))
    for (const step of walkthroughs.flatMap(({ steps }) => steps)) {
      assert.ok(existsSync(join(root, step.media.svg)), step.media.svg)
      for (const event of step.completionEvents) {
        const key = /^onContext:omniroute\.(\w+)/.exec(event)?.[1] ?? ''
        assert.ok(readText('src/vscode/context-keys.ts').includes(`'${key}'`), event)
      }
    }
    for (const text of Object.values(texts)) {
      for (const [, command] of text.matchAll(/\(command:([\w.]+)(?:\?[^)]*)?\)/g))
        assert.ok(known.has(command ?? ''), command)
    }
    assert.ok(existsSync(join(root, manifest.icon)))
  })
})
