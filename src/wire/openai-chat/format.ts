// The OpenAI Chat Completions wire.
import type { WireFormat } from '../../core/wire-format.ts'
import { usageAsking } from './asked-usage.ts'
import { needsBytes } from './content-write.ts'
import { readError, writeError, writeStreamError } from './errors.ts'
import { inspect } from './inspect.ts'
import { readReply, writeReply } from './reply.ts'
import { readRequest } from './request-read.ts'
import { writeRequest } from './request-write.ts'
import { createStreamReader } from './stream-reader.ts'
import { createStreamWriter } from './stream-writer.ts'

export const format: WireFormat = {
  id: 'openai-chat',
  readRequest,
  writeReply,
  streamWriter: createStreamWriter,
  writeError,
  writeStreamError,
  keepAlive: ': keep-alive\n\n',
  needsBytes,
  writeRequest,
  readReply,
  streamReader: createStreamReader,
  readError,
  usageAsking,
  inspect,
}
