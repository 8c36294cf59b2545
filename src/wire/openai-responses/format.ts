// Provisional: only the untouched path; the owner of this folder replaces this file.
import { GatewayError } from '../../core/errors.ts'
import type { WireFormat } from '../../core/wire-format.ts'
import { readError, writeError } from '../openai-chat/errors.ts'
import { writeStreamError } from './errors.ts'
import { inspect } from './inspect.ts'
import { readReply } from './reply.ts'
import { writeRequest } from './request-write.ts'
import { createStreamReader } from './stream-reader.ts'

const missing = (): never => {
  throw new GatewayError('unsupported', 'not there yet')
}

export const format: WireFormat = {
  id: 'openai-responses',
  readRequest: missing,
  writeReply: missing,
  streamWriter: missing,
  writeError,
  writeStreamError,
  keepAlive: ': keep-alive\n\n',
  writeRequest,
  readReply,
  streamReader: createStreamReader,
  readError,
  inspect,
}
