// Routing settings while they are edited. A draft has the settings' own shape, but for numbers that are being typed (kept as typed)
// and tables of two names (kept as rows, so that a row may be half filled in). Pure; the contract's schemas are the rules.
import { type MethodInput, type MethodOutput, methods } from '../../src/admin/contract.ts'
import { formatNumber } from '../format.ts'
import { t } from '../l10n.ts'

export type Settings = MethodOutput<'settings.get'>
export type SectionId = keyof Settings
export type Path = readonly (string | number)[]
/** What is wrong with a field, in the unit that the field shows. */
export type Problem = (scale: number) => string
export type Problems = ReadonlyMap<string, Problem>

/** A number as it is typed, in the unit of its field: `scale` of the setting's own units. */
export interface TypedNumber {
  readonly typed: string
  readonly scale: number
}

export interface NamePair {
  readonly name: string
  readonly value: string
}

/** Tables of two names. The defaults of keys are edited on the Keys page and only passed on here. */
const tables: readonly Path[] = [
  ['models', 'names'],
  ['defaults', 'perWorkspace'],
  ['network', 'perProvider'],
]

export const defaultSettings: Settings = methods['settings.get'].output.parse({})

export function keyOf(path: Path): string {
  return path.join('.')
}

export function toDraft(settings: Settings, sections: readonly SectionId[]): unknown {
  let draft: unknown = structuredClone(pick(settings, sections))
  for (const path of tables) {
    const table = getIn(draft, path)
    if (table === undefined) continue
    const rows = Object.entries(table as Record<string, string>).map(([name, value]): NamePair => ({ name, value }))
    draft = setIn(draft, path, rows)
  }
  return draft
}

/** The sections to send; what belongs to other pages is taken from the newest settings. */
export function toPatch(draft: unknown, newest: Settings): MethodInput<'settings.put'> {
  let patch: unknown = withNumbers(draft)
  for (const path of tables) {
    const rows = getIn(patch, path)
    if (rows === undefined) continue
    const filled = (rows as readonly NamePair[]).filter(({ name, value }) => name.trim() || value.trim())
    patch = setIn(patch, path, Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value.trim()])))
  }
  if (getIn(patch, ['defaults'])) patch = setIn(patch, ['defaults', 'perKey'], newest.defaults.perKey)
  return patch as MethodInput<'settings.put'>
}

/** What is wrong, by the path of the field. */
export function problemsIn(draft: unknown, newest: Settings): Problems {
  const problems = new Map<string, Problem>()
  const parsed = methods['settings.put'].input.safeParse(toPatch(draft, newest))
  for (const issue of parsed.error?.issues ?? []) {
    const key = keyOf(issue.path as Path)
    if (!problems.has(key)) problems.set(key, words(issue as Issue))
  }
  for (const path of tables) {
    const rows = (getIn(draft, path) ?? []) as readonly NamePair[]
    for (const [index, row] of rows.entries()) {
      const problem = pairProblem(row, rows.slice(0, index))
      const ofValue = problems.get(keyOf([...path, row.name.trim()]))
      problems.delete(keyOf([...path, row.name.trim()]))
      if (problem) problems.set(keyOf([...path, index]), () => problem)
      else if (ofValue) problems.set(keyOf([...path, index]), ofValue)
    }
  }
  return problems
}

/** Whether two drafts or settings would be saved as the same. */
export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(withNumbers(left))) === JSON.stringify(sorted(withNumbers(right)))
}

export function pick(settings: Settings, sections: readonly SectionId[]): Partial<Settings> {
  return Object.fromEntries(sections.map((section) => [section, settings[section]]))
}

export function getIn(value: unknown, path: Path): unknown {
  return path.reduce((at: unknown, step) => (at as Record<string | number, unknown> | undefined)?.[step], value)
}

/** A copy with the value at the path; `undefined` takes the field out. */
export function setIn(value: unknown, path: Path, next: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return next
  if (Array.isArray(value)) return value.map((one, at) => (at === step ? setIn(one, rest, next) : one))
  const object = (value ?? {}) as Record<string | number, unknown>
  const inner = setIn(object[step], rest, next)
  const { [step]: _, ...others } = object
  return inner === undefined ? others : { ...object, [step]: inner }
}

/** As a number field shows it. */
export function numberText(value: unknown, scale: number): string {
  if (isTyped(value)) return value.typed
  return typeof value === 'number' ? String(Number((value / scale).toPrecision(12))) : ''
}

function isTyped(value: unknown): value is TypedNumber {
  return typeof value === 'object' && value !== null && 'typed' in value
}

function withNumbers(value: unknown): unknown {
  if (isTyped(value)) {
    const text = value.typed.trim().replace(',', '.')
    const number = text === '' ? Number.NaN : Number(text) * value.scale
    // Seconds as typed become whole milliseconds; what isn't whole by more than rounding stays and is refused.
    const near = Math.round(number)
    return Math.abs(number - near) < 1e-6 ? near : Number(number.toPrecision(12))
  }
  if (Array.isArray(value)) return value.map(withNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNumbers(inner)]))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

function pairProblem({ name, value }: NamePair, before: readonly NamePair[]): string | undefined {
  if (!name.trim() && !value.trim()) return undefined
  if (!name.trim() || !value.trim()) return t('Fill in both fields.')
  return before.some((one) => one.name.trim() === name.trim()) ? t('This name is in the list twice.') : undefined
}

interface Issue {
  readonly code: string
  readonly message: string
  readonly origin?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly expected?: string
}

function words({ code, message, origin, minimum, maximum, expected }: Issue): Problem {
  const isNumber = origin === 'number' || origin === 'int'
  if (code === 'too_small' && isNumber) return (scale) => t('At least {0}.', formatNumber((minimum ?? 0) / scale))
  if (code === 'too_big' && isNumber) return (scale) => t('At most {0}.', formatNumber((maximum ?? 0) / scale))
  if (code === 'too_small') return () => t('Fill this in.')
  if (code === 'too_big' && origin === 'array') return () => t('At most {0} entries.', formatNumber(maximum ?? 0))
  if (code === 'too_big') return () => t('At most {0} characters.', formatNumber(maximum ?? 0))
  if (code === 'invalid_type' && expected === 'int') return () => t('Enter a whole number.')
  if (code === 'invalid_type') return () => t('Enter a number.')
  if (code === 'invalid_union' || code === 'invalid_value') return () => t('Fill this in.')
  return () => refinements[message]?.() ?? message
}

/** What the contract says of whole entries. */
const refinements: Readonly<Record<string, () => string>> = {
  'A limit needs at least one number.': () => t('A limit needs at least one number.'),
  'The warning must not come after the rerouting.': () => t('The warning must not come after the rerouting.'),
  'The semantic cache needs an embeddings model.': () => t('The semantic cache needs an embeddings model.'),
  'Enter http://, https:// or socks5:// with a host and a port, or the word direct.': () =>
    t('Enter http://, https:// or socks5:// with a host and a port, or the word direct.'),
  'A proxy with a user name and password can be set for an account only, where they are kept as a secret.': () =>
    t('A proxy with a user name and password can be set for an account only, where they are kept as a secret.'),
}
