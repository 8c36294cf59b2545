// The Gemini generateContent wire, put together.
import type { WireFormat } from '../../core/wire-format.ts'
import { counting } from './count-tokens.ts'
import { readError, writeError, writeStreamError } from './errors.ts'
import { inspect } from './inspect.ts'
import { needsBytes } from './parts-write.ts'
import { readReply, writeReply } from './reply.ts'
import { readRequest } from './request-read.ts'
import { writeRequest } from './request-write.ts'
import { createStreamReader } from './stream-reader.ts'
import { createStreamWriter } from './stream-writer.ts'

export const format: WireFormat = {
  id: 'gemini-generate',
  readRequest,
  writeReply,
  streamWriter: createStreamWriter,
  writeError,
  writeStreamError,
  keepAlive: ': keep-alive\n\n',
  counting,
  needsBytes,
  writeRequest,
  readReply,
  streamReader: createStreamReader,
  readError,
  inspect,
}
