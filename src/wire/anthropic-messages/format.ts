// The Anthropic Messages wire, put together.
import type { WireFormat } from '../../core/wire-format.ts'
import { needsBytes } from './content-write.ts'
import { counting } from './count-tokens.ts'
import { readError, writeError, writeStreamError } from './errors.ts'
import { inspect } from './inspect.ts'
import { readReply, writeReply } from './reply.ts'
import { readRequest } from './request-read.ts'
import { writeRequest } from './request-write.ts'
import { createStreamReader } from './stream-reader.ts'
import { createStreamWriter } from './stream-writer.ts'

export const format: WireFormat = {
  id: 'anthropic-messages',
  readRequest,
  writeReply,
  streamWriter: createStreamWriter,
  writeError,
  writeStreamError,
  // Clients of this wire show that a ping keeps them waiting; it is legal at any time before the end (rule 137).
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  counting,
  needsBytes,
  writeRequest,
  readReply,
  streamReader: createStreamReader,
  readError,
  inspect,
}
