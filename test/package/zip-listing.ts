// Reads the list of files from a zip archive's central directory (PKWARE APPNOTE 4.3.12). No zip64: packages here are small.
import { readFileSync } from 'node:fs'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50

export function listZip(file: string): string[] {
  const bytes = readFileSync(file)
  let end = bytes.length - 22
  while (end >= 0 && bytes.readUInt32LE(end) !== endSignature) end -= 1
  if (end < 0) throw new Error(`${file} is no zip archive`)
  const names: string[] = []
  let offset = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(offset) !== entrySignature) throw new Error(`${file} has a damaged directory`)
    const nameLength = bytes.readUInt16LE(offset + 28)
    const rest = bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32)
    names.push(bytes.toString('utf8', offset + 46, offset + 46 + nameLength))
    offset += 46 + nameLength + rest
  }
  return names
}
