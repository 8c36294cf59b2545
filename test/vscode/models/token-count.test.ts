// Counting for VS Code: images, tool parts and thousands of repeated texts.
import assert from 'node:assert/strict'
import { estimateTokens, tokensPerImage, tokensPerMessage } from '../../../src/core/token-estimate.ts'
import { createTokenCounter } from '../../../src/vscode/models/token-count.ts'
import { DataPart, TextPart, ToolCallPart, ToolResultPart } from './parts-of-vscode.ts'

describe('token count', () => {
  it('gives the same for a text whether it is remembered or not', () => {
    const count = createTokenCounter()
    const long = 'A sentence that is long enough to be remembered by the counter. '.repeat(20)
    assert.equal(count(long), estimateTokens(long))
    assert.equal(count(long), estimateTokens(long))
    assert.equal(count('short'), estimateTokens('short'))
    assert.equal(count(''), 0)
  })

  it('sums the parts of a message, an image by its constant, notes not at all', () => {
    const count = createTokenCounter()
    const image = new DataPart(new Uint8Array([1]), 'image/png')
    const content = [
      new TextPart('Hello there'),
      image,
      new DataPart(new Uint8Array([1]), 'cache_control'),
      new ToolCallPart('c', 'read_file', { path: 'a' }),
      new ToolResultPart('c', [new TextPart('done'), image]),
    ]
    const expected =
      tokensPerMessage +
      estimateTokens('Hello there') +
      tokensPerImage +
      estimateTokens('read_file') +
      estimateTokens('{"path":"a"}') +
      (tokensPerMessage + estimateTokens('done') + tokensPerImage)
    assert.equal(count({ role: 1, content }), expected)
  })
})
