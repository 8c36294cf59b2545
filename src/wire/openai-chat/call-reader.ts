// Puts the tool call deltas of a Chat stream together. Servers deviate much here: missing indices and ids, one index for all
// calls, names that come late, calls of several choices. A call begins only once its name is known (rules 125, 149).
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream.ts'
import { isCompleteObject } from '../json-repair.ts'
import { textOf } from '../json-text.ts'

interface Call {
  readonly block: string
  readonly wireId: string | undefined
  name: string
  kind: 'function' | 'custom'
  /** All of the input so far; what came before the name was known has not been passed on yet. */
  input: string
  signature: string | undefined
  state: 'unnamed' | 'open' | 'ended'
}

export interface CallReader {
  /** True once a named call was seen. */
  hasCalls(): boolean
  read(deltas: readonly unknown[], choice: number, out: StreamPart[]): void
  /** Ends calls whose arguments are complete, when other content follows. */
  settle(out: StreamPart[]): void
  end(out: StreamPart[]): void
}

/** `makeId` gives the id of a call for which the server sent none (LM Studio, llama.cpp). */
export function createCallReader(makeId: (index: number) => string): CallReader {
  const calls: Call[] = []
  const byIndex = new Map<number, Call>()
  let last: Call | undefined
  let hasCalls = false

  function callFor(index: number | undefined, id: string | undefined, name: string): Call {
    const known =
      index === undefined ? calls.findLast((call) => id !== undefined && call.wireId === id) : byIndex.get(index)
    // Gemini's OpenAI endpoint has given every parallel call the index 0; a new id with a name is a new call.
    const isOther = known !== undefined && id !== undefined && known.wireId !== id && name !== '' && known.name !== ''
    if (known !== undefined && !isOther) return known
    if (known === undefined && index === undefined && name === '' && last !== undefined) return last
    const call: Call = {
      block: `call-${calls.length}`,
      wireId: id,
      name: '',
      kind: 'function',
      input: '',
      signature: undefined,
      state: 'unnamed',
    }
    calls.push(call)
    if (index !== undefined) byIndex.set(index, call)
    return call
  }

  function read(deltas: readonly unknown[], choice: number, out: StreamPart[]): void {
    for (const delta of deltas) {
      if (!isJsonObject(delta)) continue
      const custom = isJsonObject(delta['custom']) ? delta['custom'] : undefined
      const body = custom ?? (isJsonObject(delta['function']) ? delta['function'] : delta)
      const name = textOf(body['name']) ?? ''
      const id = textOf(delta['id']) || undefined
      const index = typeof delta['index'] === 'number' ? delta['index'] + choice * 10_000 : undefined
      const call = callFor(index, id, name)
      if (call !== last && last?.state === 'open') settleCall(last, out)
      last = call
      if (call.name === '') call.name = name
      if (custom !== undefined) call.kind = 'custom'
      call.signature ??= signatureIn(delta['extra_content'])
      const input = custom === undefined ? body['arguments'] : custom['input']
      // Some servers send the arguments as an object although the wire says text.
      add(call, isJsonObject(input) ? JSON.stringify(input) : (textOf(input) ?? ''), out)
    }
  }

  function add(call: Call, text: string, out: StreamPart[]): void {
    if (call.state === 'ended') {
      if (text.trim() !== '') out.push(ignored(call, 'Arguments came after the call was complete and were ignored.'))
      return
    }
    call.input += text
    if (call.name === '') return
    if (call.state === 'unnamed') {
      call.state = 'open'
      hasCalls = true
      const callId = call.wireId ?? makeId(calls.indexOf(call))
      const kind = call.kind === 'custom' ? { kind: call.kind } : {}
      out.push({ type: 'tool-input-start', id: call.block, callId, name: call.name, ...kind })
      if (call.input !== '') out.push({ type: 'tool-input-delta', id: call.block, text: call.input })
      return
    }
    if (text !== '') out.push({ type: 'tool-input-delta', id: call.block, text })
  }

  function endCall(call: Call, out: StreamPart[]): void {
    if (call.state === 'open') {
      const signature =
        call.signature === undefined ? {} : { signature: { family: 'google', value: call.signature } as const }
      out.push({ type: 'tool-input-end', id: call.block, ...signature })
    } else if (call.state === 'unnamed' && call.input !== '') {
      out.push(ignored(call, 'A tool call never got a name and was dropped.'))
    }
    call.state = 'ended'
  }

  /** Parallel calls may interleave, so a call is ended early only when nothing can be missing. */
  function settleCall(call: Call, out: StreamPart[]): void {
    if (call.state === 'open' && call.kind === 'function' && isCompleteObject(call.input)) endCall(call, out)
  }

  return {
    hasCalls: () => hasCalls,
    read,
    settle(out) {
      if (last !== undefined) settleCall(last, out)
    },
    end(out) {
      for (const call of calls) endCall(call, out)
    },
  }
}

/** Gemini's thought signature, where its OpenAI endpoint puts it (rule 109). */
function signatureIn(extra: unknown): string | undefined {
  const google = isJsonObject(extra) ? extra['google'] : undefined
  return isJsonObject(google) ? textOf(google['thought_signature']) : undefined
}

function ignored(call: Call, message: string): StreamPart {
  return { type: 'warning', warning: { kind: 'dropped-tool-call', subject: call.name || call.block, message } }
}
