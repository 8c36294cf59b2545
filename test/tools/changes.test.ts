// Changes as key paths, over generated documents: made twice they are made once, and taken back the text is as before.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { type Change, isMade, makeChanges, takeBack } from '../../src/tools/changes.ts'
import { type DocumentFormat, editDocument, readDocument, valueAt } from '../../src/tools/edit/document.ts'
import { NotEditable } from '../../src/tools/edit/format.ts'
import { anyDocument, formats } from './edit/documents.ts'

/** The same documents each time; `OMNIROUTE_SEED` tries others. */
const seed = Number(process.env['OMNIROUTE_SEED'] ?? 20261123)

/** What tools want, upon names that generated documents have as well. */
function wanted(format: DocumentFormat, data: JsonObject): readonly Change[] {
  if (format === 'dotenv')
    return ['A', 'GEMINI_API_KEY', 'B_'].map((name) => ({ kind: 'set', path: [name], value: 'ours' }))
  const lists = Object.entries(data).filter(([, value]) => Array.isArray(value))
  return [
    { kind: 'set', path: ['env', 'ANTHROPIC_BASE_URL'], value: 'http://127.0.0.1:20128' },
    { kind: 'set', path: ['env', 'a'], value: 'ours' },
    { kind: 'set', path: ['model_providers', 'omniroute'], value: { name: 'OmniRoute', models: ['x', 'y'] } },
    { kind: 'set', path: ['new', 'deep', 'key'], value: true },
    { kind: 'set', path: ['new', 'deep', 'other'], value: 1 },
    { kind: 'set', path: ['b'], value: 'ours' },
    ...lists.flatMap(([key, list]): Change[] => {
      const first = (list as JsonValue[])[0]
      if (key === 'env' || key === 'b' || key === 'model_providers' || key === 'new') return []
      return [
        { kind: 'include', path: [key], item: 'ours' },
        ...(first === undefined ? [] : [{ kind: 'exclude', path: [key], item: first } as const]),
      ]
    }),
  ]
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    // A scalar where a table should be, a name that is taken: such documents are refused, and stay as they are.
    if (error instanceof NotEditable) return undefined
    throw error
  }
}

describe('changes of generated documents', function () {
  // Parsing and comparing hundreds of documents takes long on a busy machine.
  this.timeout(120_000)

  for (const format of formats) {
    it(`${format}: made twice is made once, and taken back is as before`, () => {
      let made = 0
      fc.assert(
        fc.property(anyDocument(format), ({ text }) => {
          const before = readDocument(format, text)
          const changes = wanted(format, before)
          const result = attempt(() => makeChanges(format, text, changes))
          if (!result) return
          made++
          const data = readDocument(format, result.text)
          for (const change of changes) if (change.kind !== 'exclude') assert.ok(isMade(data, change))
          const again = makeChanges(
            format,
            result.text,
            changes.filter(({ kind }) => kind !== 'exclude'),
          )
          assert.deepEqual(again, { text: result.text, records: [] })

          const back = takeBack(format, result.text, result.records)
          assert.deepEqual(back.left, [])
          assert.deepEqual(readDocument(format, back.text), before)
          const isExact = result.records.every(
            (record) => record.kind === 'set' && (record.former === undefined || record.source !== undefined),
          )
          const isBare = /^\uFEFF?\s*(\{\s*\}\s*)?$/.test(text)
          const hasBareObject = Object.values(before).some((value) => JSON.stringify(value) === '{}')
          if (isExact && !isBare && !hasBareObject) assert.equal(back.text, text)
        }),
        { numRuns: 120, seed },
      )
      assert.ok(made > 30, `only ${made} documents could be changed`)
    })

    it(`${format}: what someone else wrote in between stays`, () => {
      fc.assert(
        fc.property(anyDocument(format), ({ text }) => {
          const changes = wanted(format, readDocument(format, text))
          const result = attempt(() => makeChanges(format, text, changes))
          if (!result) return
          const theirs = format === 'dotenv' ? ['THEIRS'] : ['theirs']
          const ours = format === 'dotenv' ? ['GEMINI_API_KEY'] : ['new', 'deep', 'key']
          const added = attempt(() => editDocument(format, result.text, { kind: 'set', path: theirs, value: 'kept' }))
          if (added === undefined) return
          const changed = editDocument(format, added, { kind: 'set', path: ours, value: 'theirs' })
          const back = takeBack(format, changed, result.records)
          const data = readDocument(format, back.text)
          assert.deepEqual(
            back.left.map(({ path }) => path),
            [ours],
          )
          assert.equal(valueAt(data, theirs), 'kept')
          assert.equal(valueAt(data, ours), 'theirs')
        }),
        { numRuns: 40, seed },
      )
    })
  }

  it('removes an object that was made for several keys with the last of them, in whatever order they go', () => {
    const changes = (['a', 'b'] as const).map((key): Change => ({ kind: 'set', path: ['env', key], value: 1 }))
    const { text, records } = makeChanges('json', '{"x":1}', changes)
    const [first, second] = records
    assert.ok(first && second)
    const partly = takeBack('json', text, [first], [second])
    assert.deepEqual(readDocument('json', partly.text), { x: 1, env: { b: 1 } })
    assert.equal(takeBack('json', partly.text, partly.staying).text, '{"x":1}')
  })

  it('replaces an item of the same name and puts the other back where it was', () => {
    const before = 'models:\n  - name: a\n  - name: OmniRoute\n    model: old\n  - name: b\n'
    const change: Change = {
      kind: 'include',
      path: ['models'],
      item: { name: 'OmniRoute', model: 'auto' },
      at: 'start',
      by: 'name',
    }
    const { text, records } = makeChanges('yaml', before, [change])
    assert.equal(text, 'models:\n  - name: OmniRoute\n    model: auto\n  - name: a\n  - name: b\n')
    assert.equal(takeBack('yaml', text, records).text, before)
  })
})
