// One contract over every provider file, so that adding a provider needs no test of its own.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import type { ProviderDefinition } from '../../src/core/provider.ts'
import { wireIds } from '../../src/core/wire-format.ts'
import { findProvider } from '../../src/providers/catalogue.ts'
import { providers } from '../../src/providers/registry.generated.ts'
import { quirksOf as anthropicQuirksOf, anthropicQuirksSchema } from '../../src/wire/anthropic-messages/quirks.ts'
import { quirksOf as geminiQuirksOf, geminiQuirksSchema } from '../../src/wire/gemini-generate/quirks.ts'
import { quirksOf as openAiQuirksOf, openAiQuirksSchema } from '../../src/wire/openai-chat/quirks.ts'

const folder = path.join(import.meta.dirname, '../../src/providers')
const notProviders = ['base-url.ts', 'catalogue.ts', 'registry.generated.ts']

/** Hosts and headers of services whose vendors forbid, or have ended, their use by other products. */
const forbidden = [
  /chatgpt\.com/,
  /cloudcode-pa\.googleapis\.com/,
  /(?:api|copilot-proxy)\.(?:business\.|enterprise\.)?githubcopilot\.com/,
  /copilot_internal/,
  /cursor\.(?:sh|com)/,
  /chat\.qwen\.ai|portal\.qwen\.ai/,
  /iflow\.cn/,
  /oauth-20\d\d/,
  /user-agent|originator|x-app|x-stainless/i,
]

/** All that any wire reads; a provider of several wires says things to each of them. */
const quirkNames = new Set(
  [openAiQuirksSchema, anthropicQuirksSchema, geminiQuirksSchema].flatMap(({ shape }) => Object.keys(shape)),
)

const quirksShape = z.looseObject({
  perModel: z.array(z.strictObject({ match: z.string(), quirks: z.record(z.string(), z.unknown()) })).optional(),
})

describe('provider registry', () => {
  it('has every provider of the folder, under its file name', () => {
    const files = readdirSync(folder).filter((file) => !notProviders.includes(file))
    assert.deepEqual(providers.map(({ id }) => `${id}.ts`).sort(), files.sort())
  })

  it('has unique ids, which are the prefixes of models', () => {
    assert.equal(new Set(providers.map(({ id }) => id)).size, providers.length)
    for (const { id } of providers) assert.match(id, /^[a-z0-9][a-z0-9-]{0,63}$/)
  })

  it('has unique names', () => {
    assert.equal(new Set(providers.map(({ name }) => name)).size, providers.length)
  })

  it('finds providers by id and nothing else', () => {
    for (const provider of providers) assert.equal(findProvider(provider.id), provider)
    assert.equal(findProvider('nobody'), undefined)
    assert.equal(findProvider('__proto__'), undefined)
  })

  for (const provider of providers) {
    describe(provider.id, () => {
      it('speaks known wires, each once', () => {
        assert.ok(provider.wires.length > 0)
        assert.equal(new Set(provider.wires).size, provider.wires.length)
        for (const wire of provider.wires) assert.ok(wireIds.includes(wire))
        for (const wire of Object.keys(provider.wireBaseUrls ?? {})) {
          assert.ok(provider.wires.some((spoken) => spoken === wire))
        }
      })

      it('can be reached: by its own address, the user’s, inside the gateway, or through the editor', () => {
        const ways = [
          provider.baseUrl !== undefined,
          provider.asks?.includes('baseUrl') === true,
          provider.builtIn === true,
          provider.editor === true,
        ]
        assert.ok(ways.some(Boolean))
        if (provider.builtIn || provider.editor) assert.equal(provider.baseUrl, undefined)
        for (const url of addresses(provider)) checkAddress(url)
      })

      it('sends a key only where it is encrypted or stays on this machine', () => {
        if (provider.key === 'required') {
          for (const url of addresses(provider)) assert.equal(new URL(url).protocol, 'https:')
          assert.ok(provider.keyUrl, 'says where a key is had')
        }
        if (provider.key === 'none') assert.ok(provider.builtIn || provider.editor, 'any real server may ask for a key')
      })

      it('links to real-looking pages', () => {
        for (const url of [provider.website, provider.keyUrl]) {
          if (url !== undefined) assert.equal(new URL(url).protocol, 'https:')
        }
      })

      it('has headers that can be sent and say nothing secret', () => {
        for (const [name, value] of Object.entries(provider.headers ?? {})) {
          assert.match(name, /^[a-z0-9-]+$/)
          assert.match(value, /^[\x20-\x7e]+$/)
          assert.doesNotMatch(name, /authorization|key|cookie|token/)
        }
      })

      it('has a model list path that can be appended', () => {
        if (provider.modelList) assert.match(provider.modelList.path, /^\/[^\s#]*$/)
      })

      it('has sane model facts', () => {
        const ids = provider.models.map(({ id }) => id)
        assert.equal(new Set(ids).size, ids.length)
        for (const { id, name, limits } of provider.models) {
          assert.match(id, /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/)
          if (name !== undefined) assert.ok(name.trim() === name && name.length > 0)
          for (const limit of [limits.contextWindow, limits.maxOutput]) {
            if (limit !== undefined) assert.ok(Number.isSafeInteger(limit) && limit >= 1024 && limit <= 10_000_000)
          }
          if (limits.contextWindow !== undefined && limits.maxOutput !== undefined) {
            assert.ok(limits.maxOutput <= limits.contextWindow)
          }
        }
      })

      it('has a default among its bundled models', () => {
        if (provider.models.length === 0) assert.equal(provider.defaultModel, undefined)
        else assert.ok(provider.models.some(({ id }) => id === provider.defaultModel))
      })

      it('names only quirks that a wire reads, with values it takes', () => {
        const { perModel = [], ...general } = quirksShape.parse(provider.quirks ?? {})
        for (const quirks of [general, ...perModel.map((rule) => rule.quirks)]) {
          for (const name of Object.keys(quirks)) assert.ok(quirkNames.has(name), `no wire reads "${name}"`)
        }
        for (const { match } of perModel) assert.doesNotThrow(() => new RegExp(match, 'i'))
        for (const id of ['any-model', ...provider.models.map((model) => model.id)]) {
          const target = { id, provider: provider.id, quirks: provider.quirks ?? {}, capabilities: {} }
          openAiQuirksOf(target)
          anthropicQuirksOf(target)
          geminiQuirksOf(target)
        }
      })

      it('can have its key checked', () => {
        const { key, keyCheck, modelList, defaultModel, builtIn } = provider
        if (keyCheck?.kind === 'chat') assert.ok(defaultModel)
        if (keyCheck?.kind === 'get') assert.match(keyCheck.path, /^\/[^\s#]*$/)
        if (key === 'required') assert.ok(keyCheck ?? modelList)
        if (builtIn) assert.equal(keyCheck, undefined)
      })

      it('was checked on a real day', () => {
        assert.match(provider.checked, /^\d{4}-\d{2}-\d{2}$/)
        const day = new Date(`${provider.checked}T00:00:00Z`)
        assert.equal(day.toISOString().slice(0, 10), provider.checked)
      })

      it('uses nothing a vendor forbids and imitates no other client', () => {
        const text = JSON.stringify([addresses(provider), provider.headers ?? {}])
        for (const shape of forbidden) assert.doesNotMatch(text, shape)
      })
    })
  }

  it('ships one built-in provider, on every wire, that works with no key', () => {
    const builtIn = providers.filter((provider) => provider.builtIn)
    assert.deepEqual(
      builtIn.map(({ id, key, wires }) => ({ id, key, wires: [...wires].sort() })),
      [{ id: 'demo', key: 'none', wires: [...wireIds].sort() }],
    )
  })

  it('has a generic provider for every wire', () => {
    const generic = providers.filter(({ baseUrl, asks }) => baseUrl === undefined && asks?.includes('baseUrl'))
    assert.deepEqual(generic.flatMap(({ wires }) => wires).sort(), [...wireIds].sort())
  })
})

function addresses(provider: ProviderDefinition): string[] {
  return [provider.baseUrl, ...Object.values(provider.wireBaseUrls ?? {})].filter((url) => url !== undefined)
}

function checkAddress(text: string): void {
  const url = new URL(text)
  const loopback = ['127.0.0.1', '[::1]'].includes(url.hostname)
  assert.ok(url.protocol === 'https:' || (url.protocol === 'http:' && loopback), text)
  assert.ok(!text.endsWith('/'), 'paths are appended')
  assert.match(url.pathname, /\/v\d+(?:beta)?$/, 'includes the version segment')
  assert.equal(url.search + url.hash + url.username + url.password, '')
}
