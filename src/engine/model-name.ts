// Puts the name the client asked for where the upstream wrote its own (rule 5), in bytes that otherwise stay untouched.
import type { JsonObject } from '../core/json.ts'
import type { WireInspector } from '../core/wire-format.ts'

export interface ModelRename {
  /** Learns the upstream's own name from parsed data; the first name found counts. */
  learn(data: JsonObject): void
  apply(bytes: Buffer): Buffer
}

/**
 * `"model":"x"` as raw bytes can only be a JSON key with its value, since quotes inside strings are escaped; replacing the
 * exact pair therefore never touches text.
 */
export function createModelRename(inspect: WireInspector, asked: string): ModelRename {
  let needles: { find: Buffer; replace: Buffer }[] | undefined
  return {
    learn(data) {
      if (needles) return
      const name = inspect.model(data)
      if (name === undefined) return
      needles =
        name === asked
          ? []
          : [':', ': '].map((separator) => ({
              find: Buffer.from(`"${inspect.modelKey}"${separator}${JSON.stringify(name)}`),
              replace: Buffer.from(`"${inspect.modelKey}"${separator}${JSON.stringify(asked)}`),
            }))
    },
    apply(bytes) {
      let result = bytes
      for (const { find, replace } of needles ?? []) result = replaceAll(result, find, replace)
      return result
    },
  }
}

function replaceAll(bytes: Buffer, find: Buffer, replace: Buffer): Buffer {
  let at = bytes.indexOf(find)
  if (at < 0) return bytes
  const pieces: Buffer[] = []
  let from = 0
  while (at >= 0) {
    pieces.push(bytes.subarray(from, at), replace)
    from = at + find.length
    at = bytes.indexOf(find, from)
  }
  pieces.push(bytes.subarray(from))
  return Buffer.concat(pieces)
}
