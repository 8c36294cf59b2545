// The demo provider: answers by itself, always the same, so that each feature can be tried with no key.
import { setTimeout as pause } from 'node:timers/promises'
import type { ChatRequest } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import type { StreamPart } from '../core/stream.ts'
import { provider } from '../providers/demo.ts'
import { demoAnswer } from './demo-answer.ts'
import type { InsideServer } from './inside-upstream.ts'

/** Milliseconds between two parts, so that streaming can be seen. */
const pace = 12

export const demoServer: InsideServer = {
  async *reply(request: ChatRequest): AsyncGenerator<StreamPart> {
    refuseUnknown(request.model)
    let isFirst = true
    for (const part of demoAnswer(request, request.model)) {
      if (request.stream && !isFirst) await pause(pace)
      isFirst = false
      yield part
    }
  },
}

/** As a vendor would: a slip of the pen must not look like an answer. */
function refuseUnknown(model: string): void {
  const names = provider.models.map(({ id }) => id)
  if (names.includes(model)) return
  const known = names.map((name) => `"${name}"`).join(', ')
  throw new GatewayError('model_not_found', `The demo has no model "${model.slice(0, 100)}"; it has ${known}.`, {
    parameter: 'model',
  })
}
