// Reads a request body as bytes, bounded, unpacked if the client compressed it.
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { GatewayError } from '../core/errors.ts'
import { bytesOf, joinWithRoom, type RoomyBody } from '../engine/model-slot.ts'

const unpackers = {
  gzip: promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
} as const

/** The whole body. Throws `body_too_large`, `client_left`, or `invalid_request` for an encoding that can't be read. */
export async function readBody(request: IncomingMessage, limit: number): Promise<RoomyBody> {
  const encoding = request.headers['content-encoding']?.toLowerCase()
  const packed = await collect(request, limit)
  if (encoding === undefined || encoding === 'identity') return packed
  if (!isKnown(encoding)) {
    throw new GatewayError('invalid_request', `The content-encoding "${encoding.slice(0, 50)}" is not supported.`, {
      status: 415,
    })
  }
  try {
    const bytes = await unpackers[encoding](bytesOf(packed), { maxOutputLength: limit })
    return joinWithRoom([bytes], bytes.length)
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit)
    throw new GatewayError('invalid_request', `The body is not valid ${encoding}.`, { cause: error })
  }
}

function isKnown(encoding: string): encoding is keyof typeof unpackers {
  return Object.hasOwn(unpackers, encoding)
}

function collect(request: IncomingMessage, limit: number): Promise<RoomyBody> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced > limit) return reject(tooLarge(limit))
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        request.removeAllListeners('data')
        reject(tooLarge(limit))
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(joinWithRoom(chunks, size)))
    request.on('close', () => {
      if (request.complete) return
      reject(new GatewayError('client_left', 'The caller went away before the request was complete.'))
    })
    request.on('error', (error) =>
      reject(new GatewayError('client_left', 'The request could not be read.', { cause: error })),
    )
  })
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('body_too_large', `The request body is larger than ${Math.round(limit / 1024 / 1024)} MB.`)
}
