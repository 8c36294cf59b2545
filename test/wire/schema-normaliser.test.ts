// Schemas for Gemini and for Claude's object roots (rules 53, 54, 63-74).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { JsonObject } from '../../src/core/json.ts'
import { toObjectRoot } from '../../src/wire/schema-merge.ts'
import { toGeminiSchema } from '../../src/wire/schema-normaliser.ts'

const clean = (schema: object, anyOf = true): unknown => toGeminiSchema(schema as JsonObject, { anyOf })
/** The cleaned form of one property. */
const property = (schema: object, anyOf = true): unknown =>
  (clean({ type: 'object', properties: { p: schema } }, anyOf) as { properties: { p: unknown } }).properties.p

describe('toGeminiSchema', () => {
  it('removes unknown keywords, but no property that is named like one (rule 63)', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'x',
      title: 'T',
      type: 'object',
      additionalProperties: false,
      'x-note': 1,
      properties: {
        title: { type: 'string', title: 'Title', examples: ['a'], default: 'b' },
        format: { type: 'string', readOnly: true },
        default: { type: 'boolean', deprecated: true },
        type: { type: 'integer' },
        $ref: { type: 'string' },
        properties: { type: 'object', properties: { required: { type: 'string' } }, required: ['required'] },
      },
      required: ['title', 'type', 'gone'],
    }
    assert.deepEqual(clean(schema), {
      type: 'object',
      properties: {
        title: { type: 'string' },
        format: { type: 'string' },
        default: { type: 'boolean' },
        type: { type: 'integer' },
        $ref: { type: 'string' },
        properties: { type: 'object', properties: { required: { type: 'string' } }, required: ['required'] },
      },
      required: ['title', 'type'],
    })
  })

  it('omits a schema without arguments (rule 53)', () => {
    assert.equal(toGeminiSchema(undefined, { anyOf: true }), undefined)
    assert.equal(clean({ type: 'object', properties: {} }), undefined)
    assert.equal(clean({}), undefined)
  })

  it('inlines local references and stops at cycles and dead ends (rule 64)', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/Node', description: 'root' },
        b: { $ref: '#/definitions/none' },
        c: { $ref: 'http://x/y' },
      },
      $defs: { Node: { type: 'object', properties: { name: { type: 'string' }, next: { $ref: '#/$defs/Node' } } } },
    }
    assert.deepEqual(clean(schema), {
      type: 'object',
      properties: {
        a: {
          type: 'object',
          description: 'root',
          properties: {
            name: { type: 'string' },
            next: { type: 'object', description: '(same shape as the object that holds it)' },
          },
        },
        b: { type: 'object', description: '(of unknown shape)' },
        c: { type: 'object', description: '(of unknown shape)' },
      },
    })
  })

  it('turns const and enum into text enums, or words (rule 65)', () => {
    assert.deepEqual(property({ const: 'x' }), { type: 'string', enum: ['x'] })
    assert.deepEqual(property({ enum: ['a', null, 'b'] }), { type: 'string', enum: ['a', 'b'], nullable: true })
    assert.deepEqual(property({ type: 'integer', enum: [1, 2] }), { type: 'integer', description: '(one of: 1, 2)' })
    assert.deepEqual(property({ enum: [true] }), { type: 'boolean', description: '(one of: true)' })
    assert.deepEqual(property({ type: 'string', enum: ['', 'a'] }), {
      type: 'string',
      description: '(one of: "", "a")',
    })
  })

  it('makes one type of several (rule 66)', () => {
    assert.deepEqual(property({ type: ['string', 'null'] }), { type: 'string', nullable: true })
    assert.deepEqual(property({ type: ['number', 'array', 'string'] }), {
      type: 'array',
      items: { type: 'string' },
      description: '(may also be: number, string)',
    })
    assert.deepEqual(property({ type: 'STRING' }), { type: 'string' })
  })

  it('keeps alternatives or picks the richest (rule 67)', () => {
    const schema = {
      description: 'd',
      anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'integer' } } }, { type: 'null' }],
    }
    const object = { type: 'object', properties: { a: { type: 'integer' } } }
    assert.deepEqual(property(schema), { anyOf: [{ type: 'string' }, object], nullable: true, description: 'd' })
    assert.deepEqual(property(schema, false), { ...object, nullable: true, description: 'd (or: string)' })
    assert.deepEqual(property({ oneOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] }), {
      type: 'integer',
      minimum: 1,
      nullable: true,
    })
  })

  it('merges allOf, references included (rule 68)', () => {
    const schema = {
      allOf: [{ $ref: '#/$defs/A' }, { properties: { b: { type: 'string' } }, required: ['b'] }],
      $defs: { A: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
    }
    assert.deepEqual(clean(schema), {
      type: 'object',
      properties: { b: { type: 'string' }, a: { type: 'string' } },
      required: ['b', 'a'],
    })
  })

  it('promotes required flags of properties (rule 69)', () => {
    assert.deepEqual(clean({ type: 'object', properties: { a: { type: 'string', required: true } }, required: [] }), {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
    })
  })

  it('keeps what is supported and says the rest in words (rules 70, 71)', () => {
    assert.deepEqual(property({ type: 'string', format: 'date-time', minLength: 2, pattern: '^a' }), {
      type: 'string',
      minLength: 2,
      pattern: '^a',
      format: 'date-time',
    })
    assert.deepEqual(property({ type: 'string', format: 'uuid', description: 'An id.' }), {
      type: 'string',
      description: 'An id. (format: uuid)',
    })
    assert.deepEqual(property({ type: 'number', exclusiveMinimum: 0 }), {
      type: 'number',
      description: '(exclusiveMinimum: 0)',
    })
  })

  it('gives every array items (rule 72)', () => {
    assert.deepEqual(property({ type: 'array' }), { type: 'array', items: { type: 'string' } })
    assert.deepEqual(property({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }), {
      type: 'array',
      items: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      description: '(a tuple of 2 items)',
    })
  })

  it('wraps a bare map of properties (rule 73)', () => {
    assert.deepEqual(clean({ city: { type: 'string' }, days: { type: 'integer' } }), {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
    })
  })

  it('stays small and quick for schemas that explode', () => {
    const $defs: Record<string, object> = {}
    for (let i = 0; i < 60; i++)
      $defs[`N${i}`] = {
        type: 'object',
        properties: { a: { $ref: `#/$defs/N${i + 1}` }, b: { $ref: `#/$defs/N${i + 1}` } },
      }
    const cleaned = JSON.stringify(clean({ type: 'object', properties: { a: { $ref: '#/$defs/N0' } }, $defs }))
    assert.ok(cleaned.length < 4_000_000)
    const many = Array.from({ length: 12 }, () => ({ $ref: '#/$defs/A' }))
    clean({ allOf: many, $defs: { A: { allOf: many, properties: { x: { allOf: many } } } } })
  })

  const keywords = {
    type: fc.oneof(
      fc.constantFrom('object', 'array', 'string', 'number', 'null'),
      fc.array(fc.constantFrom('string', 'null', 'object'), { maxLength: 3 }),
    ),
    required: fc.oneof(fc.boolean(), fc.array(fc.constantFrom('a', 'title', 'nope'), { maxLength: 3 })),
    enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 3 }),
    const: fc.oneof(fc.string(), fc.constant(null)),
    $ref: fc.constantFrom('#/properties/a', '#', '#/items', '#/nowhere'),
    description: fc.string(),
    format: fc.constantFrom('date-time', 'uuid', ''),
    nullable: fc.boolean(),
    minimum: fc.integer(),
  }
  const schemaOf = (depth: number): fc.Arbitrary<JsonObject> => {
    const inner = depth === 0 ? fc.record(keywords, { requiredKeys: [] }) : schemaOf(depth - 1)
    const combining = {
      properties: fc.dictionary(fc.constantFrom('a', 'title', 'type', '__proto__'), inner, {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      items: fc.oneof(inner, fc.array(inner, { maxLength: 2 })),
      anyOf: fc.array(inner, { maxLength: 2 }),
      allOf: fc.array(inner, { maxLength: 2 }),
    }
    return fc.record({ ...keywords, ...combining }, { requiredKeys: [] }) as unknown as fc.Arbitrary<JsonObject>
  }
  const schemas = schemaOf(2)

  it('is idempotent and never changes its input (rule 74)', () => {
    fc.assert(
      fc.property(schemas, fc.boolean(), (schema, anyOf) => {
        const before = JSON.stringify(schema)
        const once = toGeminiSchema(schema, { anyOf })
        assert.equal(JSON.stringify(schema), before)
        assert.deepEqual(toGeminiSchema(once, { anyOf }), once)
      }),
      { numRuns: 150 },
    )
  })
})

describe('toObjectRoot (rules 53, 54)', () => {
  it('returns a fit schema untouched', () => {
    const schema = { type: 'object', properties: { a: { anyOf: [{ type: 'string' }] } } }
    assert.equal(toObjectRoot(schema as JsonObject), schema)
    assert.deepEqual(toObjectRoot(undefined), { type: 'object', properties: {} })
  })

  it('merges alternatives at the root: all properties, common requirements', () => {
    const schema = {
      anyOf: [
        { type: 'object', properties: { a: { type: 'string' }, c: {} }, required: ['a', 'c'] },
        { type: 'object', properties: { b: { type: 'string' }, c: {} }, required: ['b', 'c'] },
      ],
    }
    assert.deepEqual(toObjectRoot(schema as JsonObject), {
      type: 'object',
      properties: { a: { type: 'string' }, c: {}, b: { type: 'string' } },
      required: ['c'],
    })
  })
})
