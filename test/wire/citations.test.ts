// Citations among the wires: rule 51.
import assert from 'node:assert/strict'
import { chatCitations, responsesCitations } from '../../src/wire/citations.ts'

const page = { start_index: 1, end_index: 3, url: 'https://x', title: 'X' }

describe('citations (rule 51)', () => {
  it('are nested for Chat clients and flat for Responses clients', () => {
    const flat = { type: 'url_citation', ...page }
    const nested = { type: 'url_citation', url_citation: page }
    assert.deepEqual(chatCitations([flat], 9), [nested])
    assert.deepEqual(responsesCitations([nested], 9), [flat])
  })

  it("take Anthropic's search results and Gemini's pages, which name no place, for the whole text", () => {
    const anthropic = { type: 'web_search_result_location', url: 'https://a', title: 'A', cited_text: 'x' }
    const gemini = { type: 'url_citation', url: 'https://g' }
    assert.deepEqual(responsesCitations([anthropic, gemini], 9), [
      { type: 'url_citation', start_index: 0, end_index: 9, url: 'https://a', title: 'A' },
      { type: 'url_citation', start_index: 0, end_index: 9, url: 'https://g', title: 'https://g' },
    ])
  })

  it('leave out what has no address, and files for Chat clients', () => {
    const file = { type: 'file_citation', file_id: 'f', index: 0 }
    assert.deepEqual(chatCitations([file, { type: 'char_location' }], 9), [])
    assert.deepEqual(responsesCitations([file, { type: 'char_location' }], 9), [file])
  })
})
