// Puts the name the client asked for where the upstream wrote its own (rule 5), in events that otherwise stay untouched.
import type { JsonObject } from '../core/json.ts'
import type { WireInspector } from '../core/wire-format.ts'

export interface ModelRename {
  /** Learns the upstream's own name from an event and how it is written there; the first name found counts. */
  learn(data: JsonObject, text: string): void
  /** Events as latin1 text: one character a byte. */
  apply(events: string): string
}

/**
 * `"model":"x"` as raw text can only be a JSON key with its value, since quotes inside strings are escaped; replacing the exact
 * pair therefore never touches what the model said.
 */
export function createModelRename(inspect: WireInspector, asked: string): ModelRename {
  let find: string | undefined
  let replacement = ''
  let known = false
  return {
    learn(data, text) {
      if (known) return
      const name = inspect.model(data)
      // Azure's first event carries an empty name.
      if (name === undefined || name === '') return
      known = true
      if (name === asked) return
      const tight = `"${inspect.modelKey}":${JSON.stringify(name)}`
      const separator = text.includes(tight) ? ':' : ': '
      find = asLatin1(`"${inspect.modelKey}"${separator}${JSON.stringify(name)}`)
      replacement = asLatin1(`"${inspect.modelKey}"${separator}${JSON.stringify(asked)}`)
    },
    apply(events) {
      if (find === undefined) return events
      const at = events.indexOf(find)
      if (at < 0) return events
      const after = at + find.length
      if (events.indexOf(find, after) < 0) return events.slice(0, at) + replacement + events.slice(after)
      return events.replaceAll(find, () => replacement)
    },
  }
}

/** The UTF-8 bytes of a text as one character each. */
function asLatin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
