// The editors of texts: one change, everything else byte for byte as it was. Known layouts one by one, then generated ones.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import JSON5 from 'json5'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import type { JsonValue } from '../../../src/core/json.ts'
import { type DocumentFormat, editDocument, readDocument, valueAt } from '../../../src/tools/edit/document.ts'
import { MalformedText, NotEditable } from '../../../src/tools/edit/format.ts'
import { anyDocument, formats } from './documents.ts'

/** The same documents each time; `OMNIROUTE_SEED` tries others. */
const seed = Number(process.env['OMNIROUTE_SEED'] ?? 20261123)

function set(format: DocumentFormat, text: string, path: string, value: JsonValue): string {
  return editDocument(format, text, { kind: 'set', path: path.split('/'), value })
}

function remove(format: DocumentFormat, text: string, path: string): string {
  return editDocument(format, text, { kind: 'remove', path: path.split('/') })
}

interface Case {
  readonly name: string
  readonly format: DocumentFormat
  readonly before: string
  readonly path: string
  readonly value: JsonValue
  readonly after: string
}

const cases: readonly Case[] = [
  {
    name: 'adds behind a comment of the last member, which stays with it',
    format: 'jsonc',
    before: '{\n  "a": 1 // one\n}\n',
    path: 'b',
    value: true,
    after: '{\n  "a": 1, // one\n  "b": true\n}\n',
  },
  {
    name: 'keeps a trailing comma',
    format: 'jsonc',
    before: '{\n\t"a": 1,\n}',
    path: 'b/c',
    value: 'x',
    after: '{\n\t"a": 1,\n\t"b": {\n\t\t"c": "x"\n\t},\n}',
  },
  {
    name: 'keeps Windows line ends, four spaces and a byte order mark',
    format: 'json',
    before: '\uFEFF{\r\n    "a": {\r\n        "b": 1\r\n    }\r\n}\r\n',
    path: 'a/c',
    value: { d: [1] },
    after:
      '\uFEFF{\r\n    "a": {\r\n        "b": 1,\r\n        "c": {\r\n            "d": [\r\n                1\r\n            ]\r\n        }\r\n    }\r\n}\r\n',
  },
  {
    name: 'stays on one line',
    format: 'json',
    before: '{"a":1}',
    path: 'b',
    value: { c: 2 },
    after: '{"a":1,"b": {"c":2}}',
  },
  { name: 'fills an empty file', format: 'json', before: '', path: 'a', value: 1, after: '{\n  "a": 1\n}\n' },
  { name: 'fills an empty object', format: 'json', before: '{}\n', path: 'a', value: 1, after: '{\n  "a": 1\n}\n' },
  {
    name: 'adds below a comment in an empty object',
    format: 'jsonc',
    before: '{\n  // nothing yet\n}\n',
    path: 'a',
    value: 1,
    after: '{\n  // nothing yet\n  "a": 1\n}\n',
  },
  {
    name: 'adds below a text of comments only',
    format: 'jsonc',
    before: '// settings\n',
    path: 'a',
    value: 1,
    after: '// settings\n{\n  "a": 1\n}\n',
  },
  {
    name: 'replaces a value among unquoted keys',
    format: 'json5',
    before: "{\n  // mine\n  models: {\n    mode: 'merge', /* keep */\n    n: 0x10,\n  },\n}\n",
    path: 'models/mode',
    value: 'replace',
    after: '{\n  // mine\n  models: {\n    mode: "replace", /* keep */\n    n: 0x10,\n  },\n}\n',
  },
  {
    name: 'adds behind the last line of a nested mapping, before what follows',
    format: 'yaml',
    before: '# head\na: # first\n    b: 1 # one\n    c: |\n        text\n# tail\nd: [x, y]\n',
    path: 'a/e',
    value: 'f: g',
    after: '# head\na: # first\n    b: 1 # one\n    c: |\n        text\n    e: "f: g"\n# tail\nd: [x, y]\n',
  },
  {
    name: 'replaces a scalar and keeps its comment and the anchors around',
    format: 'yaml',
    before: 'base: &b {x: 1}\nuse: *b\nmodel: gpt-4o   # was good\r\n',
    path: 'model',
    value: 'openai/auto',
    after: 'base: &b {x: 1}\nuse: *b\nmodel: openai/auto   # was good\r\n',
  },
  {
    name: 'gives an empty key a value',
    format: 'yaml',
    before: 'a:\nb: 1\n',
    path: 'a',
    value: 'x',
    after: 'a: x\nb: 1\n',
  },
  {
    name: 'adds to a text without a last line end',
    format: 'yaml',
    before: 'a: 1',
    path: 'b',
    value: 2,
    after: 'a: 1\nb: 2',
  },
  {
    name: 'adds to a text of comments only',
    format: 'yaml',
    before: '## model: x\r\n',
    path: 'model',
    value: 'y',
    after: '## model: x\r\nmodel: y\r\n',
  },
  {
    name: 'adds to a flow mapping',
    format: 'yaml',
    before: 'a: {b: 1}\n',
    path: 'a/c',
    value: 'd',
    after: 'a: {b: 1, "c": "d"}\n',
  },
  {
    name: 'adds a key of the root before the first table and its comment',
    format: 'toml',
    before: '# about\n\n# tools\n[tools]\nweb = true\n',
    path: 'model',
    value: 'auto',
    after: '# about\n\nmodel = "auto"\n\n# tools\n[tools]\nweb = true\n',
  },
  {
    name: 'adds a key of the root behind the last one, and keeps comments and Windows line ends',
    format: 'toml',
    before: 'model = "o3" # best\r\n\r\n[profiles.x]\r\nmodel = "y"\r\n',
    path: 'model_provider',
    value: 'omniroute',
    after: 'model = "o3" # best\r\nmodel_provider = "omniroute"\r\n\r\n[profiles.x]\r\nmodel = "y"\r\n',
  },
  {
    name: 'replaces a value in its place',
    format: 'toml',
    before: 'model   =   "o3"   # best\n',
    path: 'model',
    value: 'auto',
    after: 'model   =   "auto"   # best\n',
  },
  {
    name: 'adds a table at the end',
    format: 'toml',
    before: 'a = 1\n[model_providers.other]\nname = "x"\n',
    path: 'model_providers/omniroute',
    value: { name: 'OmniRoute', retry: 3, query: { a: 'b' } },
    after:
      'a = 1\n[model_providers.other]\nname = "x"\n\n[model_providers.omniroute]\nname = "OmniRoute"\nretry = 3\nquery = { a = "b" }\n',
  },
  {
    name: 'adds to an inline table',
    format: 'toml',
    before: 'model_providers = { other = { name = "x" } }\n',
    path: 'model_providers/omniroute',
    value: { name: 'o' },
    after: 'model_providers = { other = { name = "x" }, omniroute = { name = "o" } }\n',
  },
  {
    name: 'replaces a table that was written with dotted keys',
    format: 'toml',
    before: 'model_providers.omniroute.name = "old"\nmodel_providers.other.name = "x"\n',
    path: 'model_providers/omniroute',
    value: { name: 'new' },
    after: 'model_providers.other.name = "x"\n\n[model_providers.omniroute]\nname = "new"\n',
  },
  {
    name: 'replaces the last of two assignments and keeps export, quotes elsewhere and comments',
    format: 'dotenv',
    before: '# keys\nexport KEY="a b" # mine\nMODEL=x\r\nnot an assignment\n',
    path: 'MODEL',
    value: 'auto',
    after: '# keys\nexport KEY="a b" # mine\nMODEL=auto\r\nnot an assignment\n',
  },
  { name: 'quotes where it must', format: 'dotenv', before: 'A=1', path: 'B', value: 'x #y', after: "A=1\nB='x #y'" },
]

describe('editing a document', () => {
  for (const { name, format, before, path, value, after } of cases) {
    it(`${format}: ${name}`, () => {
      assert.equal(set(format, before, path, value), after)
      assert.deepEqual(valueAt(readDocument(format, after), path.split('/')), value)
      assert.equal(set(format, after, path, value), after, 'a second time')
    })
  }

  it('removes a member and leaves its neighbours where they were', () => {
    assert.equal(remove('jsonc', '{\n  "a": 1, // one\n  "b": 2\n}', 'b'), '{\n  "a": 1 // one\n}')
    assert.equal(remove('jsonc', '{\n  "a": 1, // one\n  "b": 2,\n}', 'a'), '{\n   // one\n  "b": 2,\n}')
    assert.equal(remove('json', '{"a":1,"b":2,"c":3}', 'b'), '{"a":1,"c":3}')
    assert.equal(remove('json', '{ "a": 1, "b": 2 }', 'a'), '{ "b": 2 }')
    assert.equal(remove('yaml', 'a: 1\nb:\n  - x\n  - y # why\n# c\nc: 2\n', 'b'), 'a: 1\n# c\nc: 2\n')
    assert.equal(remove('toml', 'a = 1\n\n[b]\nx = 1\n[b.c]\ny = 2\n# end\n', 'b'), 'a = 1\n# end\n')
    assert.equal(remove('dotenv', 'A=1\nB="two\nlines"\nC=3', 'B'), 'A=1\nC=3')
  })

  it('puts items into lists and takes them out again', () => {
    const lists: readonly (readonly [DocumentFormat, string, string])[] = [
      ['json', '{"l":["a"]}', '{"l":["a","x"]}'],
      ['jsonc', '{\n  "l": [\n    "a", // a\n  ],\n}', '{\n  "l": [\n    "a", // a\n    "x",\n  ],\n}'],
      ['yaml', 'l:\n- a # a\n# end\n', 'l:\n- a # a\n- x\n# end\n'],
      ['yaml', 'l: [a]\n', 'l: [a, "x"]\n'],
      ['toml', 'l = ["a"]\n', 'l = ["a", "x"]\n'],
    ]
    for (const [format, before, after] of lists) {
      const added = editDocument(format, before, { kind: 'insert-item', path: ['l'], item: 'x', index: 1 })
      assert.equal(added, after)
      assert.equal(editDocument(format, added, { kind: 'remove-item', path: ['l'], index: 1 }), before)
      const first = editDocument(format, before, { kind: 'insert-item', path: ['l'], item: 'x', index: 0 })
      assert.deepEqual(readDocument(format, first), { l: ['x', 'a'] })
      assert.equal(editDocument(format, first, { kind: 'remove-item', path: ['l'], index: 0 }), before)
    }
  })

  it('tells where a malformed text is wrong', () => {
    const malformed: readonly (readonly [DocumentFormat, string, number, number])[] = [
      ['json', '{\n  "a": 1,\n}', 3, 1],
      ['json', '{"a": 1} x', 1, 10],
      ['jsonc', '{\n  "a" 1\n}', 2, 7],
      ['json5', '{\n  a: ,\n}', 2, 6],
      ['yaml', 'a: [1\nb: 2\n', 2, 1],
      ['yaml', 'a: 1\na: 2\n', 2, 1],
      ['toml', 'a = 1\nb = ?\n', 2, 5],
      ['toml', 'a = 1\na = 2\n', 2, 1],
    ]
    for (const [format, text, line, column] of malformed) {
      assert.throws(
        () => readDocument(format, text),
        (error) => error instanceof MalformedText && error.line === line && error.column === column,
        `${format} ${JSON.stringify(text)}`,
      )
    }
    for (const [format, text] of [
      ['json', '[]'],
      ['jsonc', '1'],
      ['yaml', '- a'],
      ['yaml', 'just text'],
    ] as const)
      assert.throws(() => readDocument(format, text), MalformedText)
  })

  it('refuses what it could only do by rewriting', () => {
    assert.throws(() => set('yaml', 'a: &x {b: 1}\nc: *x\n', 'c/b', 2), NotEditable)
    assert.throws(() => set('yaml', 'a: &x\n  b: 1\nc:\n  <<: *x\n', 'a/b', 2), NotEditable)
    assert.throws(() => set('yaml', 'a: 1\n', 'a/b', 2), NotEditable)
    assert.throws(() => set('json', '{"a":null}', 'a/b', 2), NotEditable)
    assert.throws(() => set('toml', '[[a]]\nb = 1\n', 'a/c', { d: 1 }), NotEditable)
    assert.throws(() => set('toml', 'a = 1\n', 'b', null), NotEditable)
    assert.throws(() => set('dotenv', '', 'A', `'"\`\\`), NotEditable)
  })
})

/** A member that is no longer the last one gets a comma. */
function withoutComma(line: string): string {
  return line.replace(/,(?=\s*(?:\/[/*].*)?\r?$)/, '')
}

const independent: Partial<Record<DocumentFormat, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  jsonc: (text) => JSON5.parse(text),
  json5: (text) => JSON5.parse(text),
  yaml: (text) => parseYaml(text),
  toml: (text) => parseToml(text),
}

describe('editing generated documents', function () {
  // Parsing and comparing hundreds of documents takes long on a busy machine.
  this.timeout(120_000)

  for (const format of formats) {
    it(`${format}: what is added and removed again leaves every byte`, () => {
      fc.assert(
        fc.property(anyDocument(format), ({ text, value }) => {
          const bare = text.startsWith('\uFEFF') ? text.slice(1) : text
          const path = format === 'dotenv' ? ['ZZ_NEW'] : ['zz-new']
          const added = editDocument(format, text, { kind: 'set', path, value })
          const parsed = independent[format]?.(added.replace(/^\uFEFF/, ''))
          if (parsed)
            assert.deepEqual(JSON.parse(JSON.stringify((parsed as Record<string, unknown>)[path[0] ?? ''])), value)
          const removed = editDocument(format, added, { kind: 'remove', path })
          // Where there was nothing, brackets may stay; the file's backup is what is put back there.
          if (/^\s*(\{\s*\}\s*)?$/.test(bare)) return
          assert.equal(removed, text)
        }),
        { numRuns: 150, seed },
      )
    })

    it(`${format}: a change leaves the lines of everything else`, () => {
      fc.assert(
        fc.property(anyDocument(format), fc.nat(), ({ text, value }, pick) => {
          const keys = Object.keys(readDocument(format, text))
          const key = keys[pick % Math.max(keys.length, 1)]
          if (key === undefined) return
          const changed = editDocument(format, text, { kind: 'set', path: [key], value })
          assert.equal(editDocument(format, changed, { kind: 'set', path: [key], value }), changed)
          const gone = editDocument(format, changed, { kind: 'remove', path: [key] })
          if (/^\uFEFF?\s*\{\s*\}\s*$/.test(gone) || !text.trim().includes('\n')) return
          // Every line of the text without the key is a line of the text with it, in this order.
          const lines = changed.split('\n').map(withoutComma)
          let from = 0
          for (const line of gone.split('\n')) {
            const at = lines.findIndex((each, index) => index >= from && each.includes(withoutComma(line).trim()))
            assert.ok(at >= 0, `${JSON.stringify(line)} in ${JSON.stringify(changed)}`)
            from = at
          }
        }),
        { numRuns: 100, seed },
      )
    })
  }
})
