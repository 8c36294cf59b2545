// Relays an answer whose form is only known when it begins: as a stream if the upstream sends one, as a whole body otherwise.
import type { Usage } from '../core/usage.ts'
import { unknownUsage } from '../core/usage.ts'
import type { BodyRelay } from './relay-body.ts'
import type { StreamRelay } from './relay-stream.ts'
import { contentTypeOf } from './response-headers.ts'
import type { Relay } from './upstream.ts'

export interface EitherRelay extends Relay {
  firstByteAt(): number | undefined
  usage(): Usage
  /** The relay that does the work; undefined before the answer has begun. */
  chosen(): StreamRelay | BodyRelay | undefined
}

export function createEitherRelay(stream: () => StreamRelay, whole: () => BodyRelay): EitherRelay {
  let chosen: StreamRelay | BodyRelay | undefined
  return {
    firstByteAt: () => chosen?.firstByteAt(),
    hasBegun: () => chosen?.hasBegun?.() ?? false,
    start(headers, flow) {
      chosen = contentTypeOf(headers) === 'text/event-stream' ? stream() : whole()
      chosen.start(headers, flow)
    },
    data: (chunk) => chosen?.data(chunk),
    end: () => chosen?.end(),
    usage: () => chosen?.usage() ?? unknownUsage,
    chosen: () => chosen,
  }
}
