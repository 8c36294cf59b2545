// The bytes of a snapshot: a plain SQLite database with a short trailer that proves it whole. Pure. A trailer rather than a
// header, so that any SQLite tool can open the file for inspection.
import { crc32 } from 'node:zlib'

const magic = Buffer.from('OMNISNP1', 'latin1')
const trailerBytes = 20

/** What is appended to the image of the database. */
export function snapshotTrailer(image: Uint8Array, generation: number): Buffer {
  const trailer = Buffer.alloc(trailerBytes)
  magic.copy(trailer)
  trailer.writeUInt32LE(generation, 8)
  trailer.writeUInt32LE(image.length, 12)
  trailer.writeUInt32LE(checksum(image, trailer), 16)
  return trailer
}

/** The image in the file, or undefined when the file is damaged, cut short, foreign or of another generation. */
export function imageOfSnapshot(bytes: Buffer, generation: number): Buffer | undefined {
  if (bytes.length < trailerBytes) return undefined
  const image = bytes.subarray(0, bytes.length - trailerBytes)
  return bytes.subarray(image.length).equals(snapshotTrailer(image, generation)) ? image : undefined
}

function checksum(image: Uint8Array, trailer: Buffer): number {
  return crc32(trailer.subarray(0, 16), crc32(image))
}
