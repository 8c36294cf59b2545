// Reads the list of files from a zip archive's central directory, and one of the files (PKWARE APPNOTE 4.3.12). No zip64: packages
// here are small.
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50

interface Entry {
  readonly name: string
  readonly method: number
  readonly size: number
  /** Where the file's own header begins. */
  readonly offset: number
}

export function listZip(file: string): string[] {
  return entriesOf(readFileSync(file), file).map(({ name }) => name)
}

export function readFromZip(file: string, name: string): string {
  const bytes = readFileSync(file)
  const entry = entriesOf(bytes, file).find((each) => each.name === name)
  if (entry === undefined) throw new Error(`${file} holds no ${name}`)
  const begin = entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28)
  const packed = bytes.subarray(begin, begin + entry.size)
  return (entry.method === 0 ? packed : inflateRawSync(packed)).toString('utf8')
}

function entriesOf(bytes: Buffer, file: string): Entry[] {
  let end = bytes.length - 22
  while (end >= 0 && bytes.readUInt32LE(end) !== endSignature) end -= 1
  if (end < 0) throw new Error(`${file} is no zip archive`)
  const entries: Entry[] = []
  let offset = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(offset) !== entrySignature) throw new Error(`${file} has a damaged directory`)
    const nameLength = bytes.readUInt16LE(offset + 28)
    const rest = bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32)
    entries.push({
      name: bytes.toString('utf8', offset + 46, offset + 46 + nameLength),
      method: bytes.readUInt16LE(offset + 10),
      size: bytes.readUInt32LE(offset + 20),
      offset: bytes.readUInt32LE(offset + 42),
    })
    offset += 46 + nameLength + rest
  }
  return entries
}
