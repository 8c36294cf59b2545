// Sends what a simulated vendor has to say, by the simulated clock: whole answers at some pace, and every way of failing at one.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../src/core/clock.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { answerTo } from '../fakes/answer.ts'
import { scriptSchema } from '../fakes/script.ts'
import type { Ask, FakeWire, Frame } from '../fakes/wire.ts'
import type { Dice } from './dice.ts'
import type { Trouble } from './troubles.ts'

export interface Saying {
  readonly wire: FakeWire
  readonly ask: Ask
  readonly number: number
  readonly headers: Readonly<Record<string, string>>
  readonly dice: Dice
  readonly isPrompt: boolean
}

const usual = scriptSchema.parse({ events: 4 })
const nothing = scriptSchema.parse({ events: 0 })
const lorisMs = 5_000
const statuses = [500, 502, 503, 520, 529]

export class Delivery {
  /** Whether anything of an answer has gone out. */
  hasContent = false
  readonly #response: ServerResponse
  readonly #clock: Clock
  readonly #moved: () => void

  constructor(response: ServerResponse, clock: Clock, moved: () => void) {
    this.#response = response
    this.#clock = clock
    this.#moved = moved
    response.sendDate = false
    // What a broken connection has to say, its close says.
    response.on('error', () => undefined)
  }

  json(status: number, body: JsonObject, headers: Readonly<Record<string, string>>): void {
    this.#head(status, 'application/json', headers)
    this.#end(JSON.stringify(body))
  }

  /** An answer as it should be, at a pace of its own. */
  serve(saying: Saying): void {
    const { ask, wire, number, headers, dice, isPrompt } = saying
    const [firstMs, restMs] = isPrompt ? [0, 0] : paceOf(dice)
    const answer = answerTo(ask, usual, number)
    if (!ask.stream) {
      this.#later(firstMs, () => this.json(200, wire.reply(answer), headers))
      return
    }
    const frames = [...wire.frames(answer)]
    const middle = firstContent(frames) + 2
    this.#later(firstMs, () => {
      this.#head(200, 'text/event-stream', headers)
      this.#frames(frames.slice(0, middle))
      this.#later(restMs, () => {
        this.#frames(frames.slice(middle))
        this.#end()
      })
    })
  }

  /** True when the failure was complete at once and nothing of an answer went out. */
  fail(trouble: Trouble, saying: Saying): boolean {
    const { wire, ask, headers, dice } = saying
    switch (trouble.kind) {
      case 'error': {
        const status = trouble.status ?? dice.pick(statuses)
        this.json(status, wire.error(status, undefined), headers)
        return true
      }
      case 'no-model':
        this.json(404, wire.error(404, undefined), headers)
        return true
      case 'html':
        this.#head(dice.pick([200, 502]), 'text/html', headers)
        this.#end('<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body></body></html>')
        return true
      case 'empty':
        this.#empty(saying)
        return true
      case 'error-in-200':
        this.#errorIn200(saying)
        return true
      case 'reset':
        this.#break()
        return true
      case 'silent':
        return false
      case 'silent-after-head':
        this.#head(200, ask.stream ? 'text/event-stream' : 'application/json', headers)
        this.#response.flushHeaders()
        return false
      case 'loris':
        this.#head(200, ask.stream ? 'text/event-stream' : 'application/json', headers)
        this.#loris(ask.stream ? ': still working\n\n' : '\n')
        return false
      case 'cut-early':
        this.#head(200, ask.stream ? 'text/event-stream' : 'application/json', headers)
        if (ask.stream)
          this.#frames([...wire.frames(answerTo(ask, usual, 1))].filter(({ kind }) => kind === 'preamble').slice(0, 1))
        this.#break()
        return false
      default:
        this.#midway(trouble, saying)
        return false
    }
  }

  #midway({ kind }: Trouble, { wire, ask, number, headers }: Saying): void {
    const answer = answerTo(ask, usual, number)
    if (ask.stream) {
      const frames = [...wire.frames(answer)]
      this.#head(200, 'text/event-stream', headers)
      this.#frames(frames.slice(0, firstContent(frames) + 2))
      if (kind === 'error-midway') {
        this.#frames([wire.errorFrame('The server had an error in mid-answer.')])
        this.#end()
      }
    } else {
      const text = JSON.stringify(wire.reply(answer))
      this.#head(200, 'application/json', headers)
      this.#write(text.slice(0, text.length / 2))
      if (kind === 'error-midway') this.#end()
    }
    if (kind === 'cut') this.#break()
  }

  /** A success that holds nothing and doesn't say that it has ended. */
  #empty({ wire, ask, number, headers, dice }: Saying): void {
    const isBare = dice.chance(0.5)
    this.#head(200, ask.stream ? 'text/event-stream' : 'application/json', headers)
    if (!isBare && ask.stream) {
      const frames = [...wire.frames(answerTo(ask, nothing, number))]
      this.#frames(frames.filter(({ kind }) => kind === 'preamble'))
    }
    this.#end(isBare || ask.stream ? '' : '   \n')
  }

  #errorIn200({ wire, ask, headers, dice }: Saying): void {
    if (!ask.stream || dice.chance(0.5)) {
      this.json(200, wire.error(500, 'Something went wrong.'), headers)
      return
    }
    this.#head(200, 'text/event-stream', headers)
    this.#response.write(encode(wire.errorFrame('The server is overloaded.')))
    this.#end()
  }

  #loris(drop: string): void {
    if (this.#response.destroyed) return
    this.#response.write(drop)
    this.#moved()
    this.#clock.after(lorisMs, () => this.#loris(drop))
  }

  #frames(frames: readonly Frame[]): void {
    this.#write(
      frames.map(encode).join(''),
      frames.some(({ kind }) => kind === 'content'),
    )
  }

  #write(text: string, isContent = false): void {
    if (this.#response.destroyed) return
    if (isContent) this.hasContent = true
    this.#response.write(text)
    this.#moved()
  }

  #later(ms: number, action: () => void): void {
    if (ms === 0) action()
    else {
      this.#clock.after(ms, () => {
        if (this.#response.destroyed) return
        this.#moved()
        action()
      })
    }
  }

  #head(status: number, contentType: string, headers: Readonly<Record<string, string>>): void {
    if (!this.#response.destroyed) this.#response.writeHead(status, { 'content-type': contentType, ...headers })
  }

  #end(text?: string): void {
    if (this.#response.destroyed) return
    this.#response.end(text)
    this.#moved()
  }

  /** Breaks the connection once what was written is on its way. */
  #break(): void {
    const { socket } = this.#response
    if (!socket || socket.writableLength === 0) {
      this.#response.destroy()
      this.#moved()
    } else socket.write('', () => this.#break())
  }
}

function paceOf(dice: Dice): readonly [firstMs: number, restMs: number] {
  if (dice.chance(0.6)) return [0, 0]
  return dice.chance(0.7)
    ? [dice.between(50, 4_000), dice.between(0, 3_000)]
    : [dice.between(4_000, 15_000), dice.between(0, 12_000)]
}

function firstContent(frames: readonly Frame[]): number {
  return frames.findIndex(({ kind }) => kind === 'content')
}

function encode({ event, data }: Frame): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`
}
