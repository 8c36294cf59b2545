// A strict reading of an Anthropic event stream: throws at the first thing that the documented grammar does not allow
// (rules 138, 141, 147-152).
import assert from 'node:assert/strict'

export interface ReadBlock {
  readonly type: string
  text: string
  signature: string
  readonly start: Record<string, unknown>
}

/** The blocks of a stream; `stop` is its stop reason, `failed` the type of its error. */
export function readStrictly(text: string): {
  blocks: ReadBlock[]
  stop?: string
  failed?: string
  start?: Record<string, unknown>
} {
  const blocks: ReadBlock[] = []
  let open: ReadBlock | undefined
  let state: 'before' | 'content' | 'delta' | 'end' = 'before'
  let stop: string | undefined
  let failed: string | undefined
  let start: Record<string, unknown> | undefined
  assert.ok(text === '' || text.endsWith('\n\n'), 'events end with a blank line')
  for (const frame of text.split('\n\n').slice(0, -1)) {
    const [, name, json] = /^event: ([a-z_]+)\ndata: ([^\n]*)$/.exec(frame) ?? assert.fail(`no event: ${frame}`)
    const data = JSON.parse(String(json))
    assert.equal(data.type, name)
    assert.notEqual(state, 'end', `nothing follows the terminal event, not ${name}`)
    switch (name) {
      case 'message_start':
        assert.equal(state, 'before')
        assert.equal(data.message.stop_reason, null)
        assert.deepEqual(data.message.content, [])
        assert.equal(typeof data.message.usage.input_tokens, 'number')
        start = data.message
        state = 'content'
        break
      case 'content_block_start':
        assert.equal(state, 'content')
        assert.equal(open, undefined, 'one block is open at a time')
        assert.equal(data.index, blocks.length, 'indices have no gaps')
        open = { type: data.content_block.type, text: '', signature: '', start: data.content_block }
        blocks.push(open)
        break
      case 'content_block_delta':
        assert.ok(open !== undefined && data.index === blocks.length - 1)
        assert.equal(open.signature, '', 'the signature is the last delta')
        readDelta(open, data.delta)
        break
      case 'content_block_stop':
        assert.ok(open !== undefined && data.index === blocks.length - 1, 'no stop without a start')
        if (open.type === 'text') assert.notEqual(open.text, '', 'no empty text block')
        open = undefined
        break
      case 'message_delta':
        assert.equal(state, 'content')
        assert.equal(open, undefined)
        assert.equal(typeof data.usage.output_tokens, 'number')
        stop = data.delta.stop_reason
        state = 'delta'
        break
      case 'message_stop':
        assert.equal(state, 'delta')
        state = 'end'
        break
      case 'error':
        failed = data.error.type
        state = 'end'
        break
      default:
        assert.fail(`unknown event ${name}`)
    }
  }
  assert.equal(state, 'end', 'a stream ends with a terminal event')
  return {
    blocks,
    ...(stop === undefined ? {} : { stop }),
    ...(failed === undefined ? {} : { failed }),
    ...(start === undefined ? {} : { start }),
  }
}

function readDelta(block: ReadBlock, delta: Record<string, string>): void {
  const fields: Record<string, string> = {
    text_delta: 'text',
    thinking_delta: 'thinking',
    input_json_delta: 'partial_json',
  }
  const kinds: Record<string, string> = {
    text_delta: 'text',
    thinking_delta: 'thinking',
    input_json_delta: 'tool_use',
    signature_delta: 'thinking',
  }
  const type = String(delta['type'])
  assert.equal(kinds[type], block.type, `${type} in a ${block.type} block`)
  if (type === 'signature_delta') block.signature = String(delta['signature'])
  else block.text += String(delta[String(fields[type])])
}
