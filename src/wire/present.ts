// Optional fields: wires say "not there" by leaving out or by null, the canonical form by leaving out only.

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> }

/** The object without members that are null or undefined. */
export function present<T extends object>(fields: T): Present<T> {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) if (value !== null && value !== undefined) kept[key] = value
  return kept as Present<T>
}
