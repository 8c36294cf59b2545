// Judges how an answer ended for a client: every one must have one of its dialect's endings, whatever became of it upstream.
import assert from 'node:assert/strict'
import type { WireId } from '../../src/core/wire-format.ts'
import { dialects } from '../server/dialects.ts'
import { type Answer, eventsOf, type Loose } from '../server/world.ts'
import { readStrictly } from '../wire/anthropic-messages/grammar.ts'
import { assertChatGrammar } from '../wire/openai-chat/grammar.ts'
import { assertResponsesGrammar } from '../wire/openai-responses/grammar.ts'

export type Ending =
  | { readonly kind: 'whole' }
  /** A refusal with a status of its own. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** Told in a stream that had begun; `afterText` when a part of the answer had been sent. */
  | { readonly kind: 'broken'; readonly message: string; readonly afterText: boolean }
  | { readonly kind: 'illegal'; readonly why: string }

export interface Asked {
  readonly wire: WireId
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
}

/** `written` says that the gateway has written the answer itself, so that the strict grammar of the wire applies. */
export function endingOf(asked: Asked, answer: Answer, written: boolean): Ending {
  try {
    const type = String(answer.headers['content-type'] ?? '')
    if (answer.status !== 200) return refusalOf(asked.wire, answer)
    if (type.startsWith('text/event-stream')) {
      assert.equal(asked.stream, true, 'a stream for somebody who asked for none')
      return streamEnding(asked, answer.text, written)
    }
    assert.equal(asked.stream, false, `${type} for somebody who asked for a stream`)
    const dialect = dialectOf(asked.wire)
    assert.notEqual(dialect.reply(answer.json()), '', 'a reply without text')
    return { kind: 'whole' }
  } catch (thrown) {
    return {
      kind: 'illegal',
      why: `${thrown instanceof Error ? thrown.message : String(thrown)}\n${answer.text.slice(0, 600)}`,
    }
  }
}

function dialectOf(wire: WireId): (typeof dialects)[number] {
  return dialects.find((one) => one.wire === wire) ?? assert.fail(`no dialect ${wire}`)
}

function refusalOf(wire: WireId, answer: Answer): Ending {
  const body = answer.json()
  const { error } = body
  assert.equal(typeof error?.message, 'string')
  assert.notEqual(error.message, '')
  switch (wire) {
    case 'anthropic-messages':
      assert.equal(body.type, 'error')
      assert.equal(typeof error.type, 'string')
      break
    case 'gemini-generate':
      assert.equal(typeof error.code, 'number')
      assert.equal(typeof error.status, 'string')
      break
    default:
      assert.equal(typeof error.type, 'string')
      assert.ok('code' in error && 'param' in error)
  }
  return { kind: 'refused', status: answer.status, message: error.message }
}

function streamEnding(asked: Asked, text: string, written: boolean): Ending {
  const dialect = dialectOf(asked.wire)
  const events = eventsOf(text)
  const failures = events.flatMap((event) => dialect.failure(event) ?? [])
  const ends = events.filter((event) => dialect.ends(event))
  const said = events.map((event) => dialect.text(event)).join('')
  const last = events.at(-1)
  assert.ok(last, 'a stream without events')
  if (failures.length > 0) {
    assert.equal(failures.length, 1, 'several errors in a stream')
    assert.notEqual(dialect.failure(last), undefined, 'something follows the error')
    assert.equal(ends.length, 0, 'an end beside the error')
    return { kind: 'broken', message: String(failures[0]), afterText: said !== '' }
  }
  assert.ok(ends.includes(last) || isUsageAfterEnd(asked.wire, last.data), 'the stream does not end')
  assert.notEqual(said, '', 'a stream without text')
  if (written) assertGrammar(asked, text)
  return { kind: 'whole' }
}

/** Gemini has no event of its own for the end: what counts tokens may come after the reason. */
function isUsageAfterEnd(wire: WireId, data: Loose): boolean {
  return wire === 'gemini-generate' && data.usageMetadata !== undefined
}

function assertGrammar({ wire, model, includeUsage }: Asked, text: string): void {
  switch (wire) {
    case 'anthropic-messages':
      // Keep-alives may stand anywhere; the grammar is about what is between them.
      readStrictly(text.replaceAll(/event: ping\ndata: [^\n]*\n\n/g, ''))
      break
    case 'openai-chat':
      assertChatGrammar(plain(text), { model, includeUsage })
      break
    case 'openai-responses':
      assertResponsesGrammar(plain(text), model)
  }
}

function plain(text: string): { event?: string; data: string }[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => !line.startsWith(':')))
    .filter((lines) => lines.some((line) => line.startsWith('data: ')))
    .map((lines) => {
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7)
      const data = lines
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice(6))
        .join('\n')
      return event === undefined ? { data } : { event, data }
    })
}
