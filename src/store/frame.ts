// The bytes of a journal: a file header, then frames, one for each group commit. Pure. Every checksum is seeded with the
// generation, so a frame is only valid in the journal it was written to.
import { crc32 } from 'node:zlib'

const magic = Buffer.from('OMNIJRN1', 'latin1')
export const journalHeaderBytes = 16
const frameHeaderBytes = 16

/**
 * How a journal ends. `torn` is what a crash leaves behind: the last frame was cut short before anyone was told that it is
 * safe. `damaged` cannot come from a killed process, so acknowledged frames may be lost.
 */
export type JournalEnding = 'clean' | 'torn' | 'damaged'

export interface JournalFrame {
  readonly text: string
  /** Offset of the first byte after the frame. */
  readonly end: number
}

export interface JournalScan {
  readonly frames: readonly JournalFrame[]
  readonly ending: JournalEnding
  /** False when the file header is not the expected one; the frames that follow may be good all the same. */
  readonly headerIntact: boolean
}

export function journalHeader(generation: number): Buffer {
  const header = Buffer.alloc(journalHeaderBytes)
  magic.copy(header)
  header.writeUInt32LE(generation, 8)
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12)
  return header
}

/** Length, sequence, checksum of the payload, checksum of these twelve bytes, payload. */
export function encodeFrame(text: string, sequence: number, generation: number): Buffer {
  const length = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(frameHeaderBytes + length)
  frame.write(text, frameHeaderBytes)
  frame.writeUInt32LE(length, 0)
  frame.writeUInt32LE(sequence, 4)
  frame.writeUInt32LE(crc32(frame.subarray(frameHeaderBytes), generation), 8)
  frame.writeUInt32LE(crc32(frame.subarray(0, 12), generation), 12)
  return frame
}

/** Reads frames up to the end or the first one that is not whole. Never throws. */
export function scanJournal(bytes: Buffer, generation: number): JournalScan {
  const headerIntact = bytes.subarray(0, journalHeaderBytes).equals(journalHeader(generation))
  const frames: JournalFrame[] = []
  let offset = journalHeaderBytes
  while (offset < bytes.length) {
    const payload = offset + frameHeaderBytes
    if (payload > bytes.length) return { frames, ending: 'torn', headerIntact }
    if (!isHeader(bytes, offset, frames.length, generation)) {
      return { frames, ending: isBlank(bytes, offset) ? 'torn' : 'damaged', headerIntact }
    }
    const end = payload + bytes.readUInt32LE(offset)
    if (end > bytes.length) return { frames, ending: 'torn', headerIntact }
    if (crc32(bytes.subarray(payload, end), generation) !== bytes.readUInt32LE(offset + 8)) {
      return { frames, ending: 'damaged', headerIntact }
    }
    frames.push({ text: bytes.toString('utf8', payload, end), end })
    offset = end
  }
  return { frames, ending: 'clean', headerIntact }
}

function isHeader(bytes: Buffer, offset: number, sequence: number, generation: number): boolean {
  const expected = crc32(bytes.subarray(offset, offset + 12), generation)
  return bytes.readUInt32LE(offset + 12) === expected && bytes.readUInt32LE(offset + 4) === sequence
}

/** After a power cut some file systems show the grown file with zeros where the unsynced data would be. */
function isBlank(bytes: Buffer, offset: number): boolean {
  return bytes.subarray(offset).every((byte) => byte === 0)
}
