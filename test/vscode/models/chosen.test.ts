// Which models the chat lists.
import assert from 'node:assert/strict'
import { chosenModels, isChosen, patternsFor, readChosen } from '../../../src/vscode/models/chosen.ts'

const models = ['groq/a', 'groq/b', 'local/a', 'auto'].map((id) => ({ id }))
const ids = (patterns: readonly string[]) => chosenModels(models, patterns).map(({ id }) => id)

describe('models chosen for the chat', () => {
  it('are all of them while nothing is chosen', () => {
    assert.deepEqual(ids([]), ['groq/a', 'groq/b', 'local/a', 'auto'])
  })

  it('are those that a pattern matches, in the order of the catalogue', () => {
    assert.deepEqual(ids(['auto', 'groq/*']), ['groq/a', 'groq/b', 'auto'])
    assert.deepEqual(ids(['*/a']), ['groq/a', 'local/a'])
    assert.equal(isChosen('groq/ab', ['groq/a']), false)
  })

  it('are all of them rather than none', () => {
    assert.deepEqual(ids(['gone/model']), ids([]))
  })

  it('become a setting that lets later models in when all were picked', () => {
    const all = models.map(({ id }) => id)
    assert.deepEqual(patternsFor(all, all), [])
    assert.deepEqual(patternsFor(['auto'], all), ['auto'])
  })

  it('are read from whatever somebody wrote into the settings', () => {
    assert.deepEqual(readChosen(['auto', 7, '', null]), ['auto'])
    for (const wrong of ['auto', undefined, {}, 3]) assert.deepEqual(readChosen(wrong), [])
  })
})
