// Names, ids, levels, signatures and exact numbers: the small modules that all wires share.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Signature, ToolDefinition, Warning } from '../../src/core/conversation.ts'
import { anthropicCallIds, assignCallId, fitCallId, mistralCallIds, openaiCallIds } from '../../src/wire/call-ids.ts'
import { toolInputObject } from '../../src/wire/json-repair.ts'
import { parseExact } from '../../src/wire/json-text.ts'
import {
  clampBudget,
  fitBudget,
  levelOfBudget,
  nearestLevel,
  reasoningLevels,
  wishOf,
} from '../../src/wire/reasoning-levels.ts'
import { packSignature, unpackSignature } from '../../src/wire/signatures.ts'
import {
  anthropicToolNames,
  declarableTools,
  geminiToolNames,
  nameTools,
  openaiToolNames,
} from '../../src/wire/tool-names.ts'

describe('tool names (rules 55-57)', () => {
  const rules = {
    openai: /^[a-zA-Z0-9_-]{1,64}$/,
    anthropic: /^[a-zA-Z0-9_-]{1,128}$/,
    gemini: /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/,
  }
  const given = { openai: openaiToolNames, anthropic: anthropicToolNames, gemini: geminiToolNames }

  it('fit every wire, stay apart, and can be restored', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 150 }),
      fc.constantFrom('a/b', 'a.b', 'a_b', '7up', 'x'.repeat(129), 'x'.repeat(130)),
    )
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('openai', 'anthropic', 'gemini'),
        (names, wire) => {
          const map = nameTools(names, given[wire as 'openai'])
          const upstream = names.map(map.toUpstream)
          for (const [index, fitted] of upstream.entries()) {
            assert.match(fitted, rules[wire as 'openai'])
            assert.equal(map.renamed.get(fitted) ?? fitted, names[index])
          }
          assert.equal(new Set(upstream).size, names.length)
          assert.deepEqual(names.map(nameTools(names.toReversed(), given[wire as 'openai']).toUpstream), upstream)
        },
      ),
    )
  })

  it('leave valid names alone', () => {
    const map = nameTools(['read_file', 'mcp__x__y-1'], openaiToolNames)
    assert.equal(map.toUpstream('mcp__x__y-1'), 'mcp__x__y-1')
    assert.equal(map.renamed.size, 0)
  })

  it('drop nameless and repeated tools with a warning', () => {
    const warnings: Warning[] = []
    const tools: ToolDefinition[] = [
      { type: 'function', name: 'a' },
      { type: 'function', name: ' ' },
      { type: 'function', name: 'a', description: 'second' },
    ]
    assert.deepEqual(declarableTools(tools, warnings), [{ type: 'function', name: 'a' }])
    assert.deepEqual(
      warnings.map((warning) => warning.subject),
      ['tools[1]', 'tools[2]'],
    )
  })
})

describe('call ids (rules 86, 87)', () => {
  it('fit the wire, keep valid ids and tell different ones apart', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (first, second) => {
        assert.match(fitCallId(first, anthropicCallIds), /^[a-zA-Z0-9_-]{1,256}$/)
        assert.match(fitCallId(first, openaiCallIds), /^[\x21-\x7e]{1,64}$/)
        assert.match(fitCallId(first, mistralCallIds), /^[a-zA-Z0-9]{9}$/)
        if (first !== second) assert.notEqual(fitCallId(first, anthropicCallIds), fitCallId(second, anthropicCallIds))
      }),
    )
    assert.equal(fitCallId('toolu_01', anthropicCallIds), 'toolu_01')
    assert.equal(fitCallId('abcDEF123', mistralCallIds), 'abcDEF123')
  })

  it('are assigned by place alone', () => {
    assert.equal(assignCallId('1.0', 0, 'f'), assignCallId('1.0', 0, 'f'))
    assert.notEqual(assignCallId('1.0', 0, 'f'), assignCallId('1.1', 0, 'f'))
    assert.match(assignCallId('1.0', 0, 'ä'.repeat(100)), /^[a-zA-Z0-9_-]{1,64}$/)
  })
})

describe('reasoning levels (rules 15, 101-104)', () => {
  it('turn into budgets and back by the table', () => {
    const table = [0, 512, 513, 1024, 8192, 24_576, 24_577].map(levelOfBudget)
    assert.deepEqual(table, ['none', 'minimal', 'low', 'low', 'medium', 'high', 'xhigh'])
  })

  it('move to the nearest level a model has, upwards where two are as near', () => {
    assert.equal(nearestLevel('minimal', ['low', 'medium', 'high']), 'low')
    assert.equal(nearestLevel('xhigh', ['low', 'medium', 'high', 'max']), 'max')
    assert.equal(nearestLevel('max', ['low', 'medium', 'high']), 'high')
    assert.equal(nearestLevel('medium', ['low', 'high']), 'high')
    for (const level of reasoningLevels) assert.equal(nearestLevel(level, reasoningLevels), level)
  })

  it('are clamped, and a summary alone wishes for nothing', () => {
    assert.equal(clampBudget(10, { min: 128, max: 1000 }), 128)
    assert.equal(clampBudget(5000, { max: 1000 }), 1000)
    assert.deepEqual(wishOf({ summary: 'auto' }), { kind: 'unsaid' })
    assert.deepEqual(wishOf({ level: 'none' }), { kind: 'off' })
    assert.deepEqual(wishOf({ adaptive: true, level: 'high' }), { kind: 'on', adaptive: true, level: 'high' })
  })

  it('fit a budget below the output limit, never above the model (rule 15)', () => {
    fc.assert(
      fc.property(
        fc.nat(200_000),
        fc.integer({ min: 1, max: 70_000 }),
        fc.option(fc.integer({ min: 1, max: 64_000 }), { nil: undefined }),
        (budget, limit, most) => {
          const fitted = fitBudget(budget, limit, most)
          if (fitted === undefined) return assert.ok(Math.max(limit, most ?? limit) < 2048)
          assert.ok(fitted.budget >= 1024 && fitted.budget < fitted.maxOutput)
          assert.ok(fitted.maxOutput <= Math.max(limit, most ?? limit))
        },
      ),
    )
  })
})

describe('signatures (rules 107, 109)', () => {
  it('come back to the family that issued them', () => {
    const family = fc.constantFrom<Signature['family']>('anthropic', 'google', 'openai', 'xai', 'openrouter')
    const holder = fc.constantFrom('reasoning' as const, 'redacted' as const, 'tool-call' as const)
    fc.assert(
      fc.property(family, family, holder, fc.base64String(), (issuer, home, place, value) => {
        const signature = { family: issuer, value }
        assert.deepEqual(unpackSignature(packSignature(signature, home, place), home), { signature, holder: place })
      }),
    )
    assert.equal(packSignature({ family: 'anthropic', value: 'S' }, 'anthropic'), 'S')
    assert.equal(unpackSignature('omniroute:nobody:x:y', 'google').signature.family, 'google')
  })
})

describe('exact numbers (rule 6)', () => {
  it('keep their digits on the way through', () => {
    const text = '{"id":12345678901234567890,"f":0.1234567890123456789,"ok":42,"s":"12345678901234567890"}'
    assert.equal(JSON.stringify(parseExact(text)), text)
    assert.equal(JSON.stringify(toolInputObject(text).value), text)
    assert.equal(parseExact('{"a":1234567890123456'), undefined)
  })
})
