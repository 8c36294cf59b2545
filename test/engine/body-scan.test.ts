// The scan must agree with JSON.parse on every body, however it is spelt, and refuse what no server could route.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../src/core/errors.ts'
import type { JsonValue } from '../../src/core/json.ts'
import { findTopLevel, scanBody, splice } from '../../src/engine/body-scan.ts'

const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n', '  \n ')

/** JSON text with the given white space wherever white space may stand, and keys in the order they are in. */
function spell(value: unknown, pad: () => string): string {
  if (Array.isArray(value)) return `[${pad()}${value.map((one) => spell(one, pad)).join(`${pad()},${pad()}`)}${pad()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}${pad()}:${pad()}${spell(one, pad)}`)
  return `{${pad()}${fields.join(`${pad()},${pad()}`)}${pad()}}`
}

/** Texts that look like the fields being sought. */
const temptation = fc.constantFrom(
  '"model":"no"',
  '\\"model\\": \\"no\\"',
  '\\',
  '\\\\"',
  'model',
  'stream',
  '{"stream":true}',
  '🙂漢字',
  '\u0000\u2028',
)
const text = fc.oneof(temptation, fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 600 }))
const { value: json } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('model', 'stream')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ) as fc.Arbitrary<JsonValue>,
}))
const ownName = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 })
const others = fc.array(fc.tuple(text, json), { maxLength: 5 })

const body = fc
  .record({
    before: others,
    between: others,
    after: others,
    model: fc.option(ownName),
    stream: fc.option(fc.boolean()),
  })
  .map(({ before, between, after, model, stream }) => {
    const strange = (list: [string, JsonValue][]): [string, JsonValue][] =>
      list.filter(([key]) => key !== 'model' && key !== 'stream' && key !== '__proto__')
    const fields: [string, JsonValue][] = [
      ...strange(before),
      ...(model === null ? [] : ([['model', model]] as [string, JsonValue][])),
      ...strange(between),
      ...(stream === null ? [] : ([['stream', stream]] as [string, JsonValue][])),
      ...strange(after),
    ]
    return Object.fromEntries(fields)
  })

function refusal(of: string | Buffer): GatewayError {
  try {
    scanBody(Buffer.from(of as string))
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error))
    assert.equal(error.code, 'invalid_request')
    return error
  }
  throw new Error(`was taken: ${of.toString().slice(0, 100)}`)
}

describe('scanBody', () => {
  it('agrees with JSON.parse, whatever surrounds the fields and however the text is laid out', () => {
    fc.assert(
      fc.property(body, fc.array(space, { minLength: 1, maxLength: 7 }), fc.boolean(), (value, pads, mark) => {
        let next = 0
        const spelt = spell(value, () => pads[next++ % pads.length] ?? '')
        const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${spelt}`)
        const expected = JSON.parse(spelt)
        const scan = scanBody(bytes)
        assert.equal(scan.model, expected.model)
        assert.equal(scan.stream, expected.stream ?? false)
        if (!scan.modelSpan) return
        const { start, end } = scan.modelSpan
        assert.equal(JSON.parse(bytes.toString('utf8', start, end)), expected.model)
      }),
      { numRuns: 500 },
    )
  })

  it('agrees with JSON.parse in large bodies, from whichever end they are read', () => {
    const bulky = fc.constantFrom<JsonValue>(
      'plain '.repeat(2_000),
      '"\\'.repeat(5_000),
      Array.from({ length: 500 }, () => ({ content: '","model":"no"', model: ['x'], stream: '\\' })),
      Array.from({ length: 6_000 }, (_, index) => index),
    )
    fc.assert(
      fc.property(
        body,
        bulky,
        bulky,
        fc.nat(4),
        fc.array(space, { minLength: 1, maxLength: 7 }),
        (value, first, second, place, pads) => {
          const fields = Object.entries(value)
          fields.splice(place, 0, ['messages', first])
          fields.splice(2 * place, 0, ['tools', second])
          let next = 0
          const spelt = spell(Object.fromEntries(fields), () => pads[next++ % pads.length] ?? '')
          const bytes = Buffer.from(spelt)
          const expected = JSON.parse(spelt)
          const { model, stream, modelSpan } = scanBody(bytes)
          assert.equal(model, expected.model)
          // Behind a large rest the flag is left to the upstream's answer, once the model is known.
          if (stream !== undefined || model === undefined) assert.equal(stream, expected.stream ?? false)
          if (!modelSpan) return
          const exchanged = JSON.parse(splice(bytes, modelSpan, '"other"').toString())
          assert.deepEqual(exchanged, { ...expected, model: 'other' })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('knows the fields by their names, also where those are written in escapes', () => {
    const long = JSON.stringify('x'.repeat(20_000))
    for (const spelt of ['mod\\u0065l', '\\u006d\\u006f\\u0064\\u0065\\u006c', '\\u006Dodel']) {
      for (const text of [
        `{"${spelt}":"groq/llama","str\\u0065am":true}`,
        `{"messages":${long},"str\\u0065am":true,"${spelt}":"groq/llama"}`,
      ]) {
        const { model, stream, modelSpan } = scanBody(Buffer.from(text))
        assert.deepEqual([model, stream], ['groq/llama', true], text.slice(0, 60))
        assert.ok(modelSpan)
        const exchanged = JSON.parse(splice(Buffer.from(text), modelSpan, '"other"').toString())
        assert.equal(exchanged.model, 'other')
      }
      assert.match(refusal(`{"model":"a","${spelt}":"b"}`).message, /twice/)
      assert.match(refusal(`{"messages":${long},"model":"a","${spelt}":"b"}`).message, /twice/)
    }
    assert.equal(scanBody(Buffer.from('{"mod\\\\el":"a","mod\\u0065m":"b","\\"model":"c"}')).model, undefined)
  })

  const bulk = { messages: [{ role: 'user', content: 'x'.repeat(20_000) }] }
  const escaped = {
    messages: Array.from({ length: 300 }, () => ({ role: 'user', content: '"quoted" \\ {"model":1}' })),
  }
  const named = { messages: [{ model: 'inner', stream: true, content: 'y'.repeat(20_000) }], tools: [{ model: 'x' }] }
  for (const [what, rest] of Object.entries({ 'plain text': bulk, 'escaped text': escaped, 'inner names': named })) {
    it(`finds the fields before, between, and after a large rest of ${what}`, () => {
      const fields = { model: 'groq/llama', stream: true }
      const orders = [
        { ...fields, ...rest },
        { ...rest, ...fields },
        { model: fields.model, ...rest, stream: fields.stream },
        { temperature: 1, model: fields.model, top_p: 1, ...rest, stream: fields.stream, user: 'z'.repeat(9000) },
      ]
      for (const order of orders) {
        const bytes = Buffer.from(JSON.stringify(order))
        const { model, stream, modelSpan } = scanBody(bytes)
        // Behind a large rest the flag is left to the upstream's answer; a model is always found.
        const names = Object.keys(order)
        const bulkAt = names.indexOf('messages')
        const unread = names.indexOf('model') < bulkAt && bulkAt < names.indexOf('stream')
        assert.deepEqual({ model, stream }, { ...fields, stream: unread ? undefined : true })
        assert.ok(modelSpan)
        assert.deepEqual(JSON.parse(splice(bytes, modelSpan, '"other"').toString()), { ...order, model: 'other' })
      }
      const { model, stream } = scanBody(Buffer.from(JSON.stringify({ a: 1, ...rest })))
      assert.deepEqual({ model, stream }, { model: undefined, stream: false })
    })
  }

  it('refuses a model that is given twice, as far as it reads', () => {
    for (const gap of ['', `"x":"${'-'.repeat(2_000)}",`]) {
      const error = refusal(`{"model":"a",${gap}"model":"b"}`)
      assert.equal(error.parameter, 'model')
      assert.match(error.message, /twice/)
    }
  })

  it('notices a large body that was cut off', () => {
    const error = refusal(`{"model":"a","messages":["${'-'.repeat(20_000)}`)
    assert.match(error.message, /not valid JSON/)
  })

  for (const model of ['1', 'null', '""', '[]', '{"a":1}', 'true']) {
    it(`refuses ${model} as a model`, () => {
      assert.equal(refusal(`{"model":${model}}`).parameter, 'model')
    })
  }

  for (const stream of ['1', '"true"', '[]', '{}']) {
    it(`refuses ${stream} as stream`, () => {
      assert.equal(refusal(`{"model":"a","stream":${stream}}`).parameter, 'stream')
    })
  }

  it('takes a null stream for none', () => {
    assert.equal(scanBody(Buffer.from('{"model":"a","stream":null}')).stream, false)
  })

  const broken = [
    '',
    ' ',
    '{',
    '}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1}}',
    '{"a":1} x',
    '{model:1}',
    '{"a":"',
    '{"a":[1}',
    'x',
  ]
  for (const text of broken) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.match(refusal(text).message, /not valid JSON|no body/)
    })
  }

  for (const [text, kind] of [
    ['[]', 'array'],
    ['null', 'null'],
    ['1', 'number'],
    ['"x"', 'string'],
    ['true', 'boolean'],
  ]) {
    it(`says that ${text} is no object`, () => {
      assert.match(refusal(text ?? '').message, new RegExp(`not ${kind}`))
    })
  }

  it('quotes nothing of the body in its words', () => {
    const secret = 'sk-verysecret'
    for (const text of [`{"a" ${secret}}`, `{"model": {"k":"${secret}"}}`, `{"model":"x","stream":"${secret}"}`]) {
      assert.doesNotMatch(refusal(text).message, /verysecret/)
    }
  })

  it('comes to an end on any bytes, with a result or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          scanBody(Buffer.concat([Buffer.from('{"'), bytes]))
        } catch (error) {
          assert.ok(error instanceof GatewayError)
        }
      }),
    )
  })
})

describe('findTopLevel', () => {
  it('finds the field of the outermost object only', () => {
    const bytes = Buffer.from('{"a":{"model":"inner"},"model" : "outer","b":["model"]}')
    const span = findTopLevel(bytes, 'model')
    assert.equal(span && bytes.toString('utf8', span.start, span.end), '"outer"')
    assert.equal(findTopLevel(bytes, 'inner'), undefined)
  })
})
