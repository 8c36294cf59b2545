// Shows what an alias would do before it is saved: a few names it would catch, and what each would then mean.

import { GatewayError } from '../../core/errors.ts'
import { capture, parseGlob } from '../../core/glob.ts'
import type { Alias } from '../../core/routing.ts'
import type { Catalogue } from '../catalogue.ts'
import { fillIn } from './aliases.ts'

export interface AliasPreview {
  readonly name: string
  /** A public id, a combo's name, or why the name would be refused. */
  readonly meaning: string
  readonly works: boolean
}

const mostNames = 8

/** The alias need not be in the catalogue. Names that are models or combos themselves are left out: those come before any alias. */
export function previewAlias(
  { pattern, target }: Alias,
  catalogue: Pick<Catalogue, 'entries' | 'combos' | 'find'>,
): AliasPreview[] {
  const glob = parseGlob(pattern)
  const taken = new Set([...catalogue.entries.map((one) => one.publicId), ...catalogue.combos.map((one) => one.name)])
  const shown = new Map<string, AliasPreview>()
  for (const name of namesFor({ pattern, target }, catalogue)) {
    if (shown.size >= mostNames) break
    const captures = taken.has(name) || shown.has(name) ? undefined : capture(glob, name)
    if (captures) shown.set(name, { name, ...meaningOf(fillIn(target, captures), catalogue) })
  }
  return [...shown.values()]
}

/** First the names that would reach a listed model, then bare ids that the pattern would catch, at last the pattern itself. */
function* namesFor({ pattern, target }: Alias, { entries }: Pick<Catalogue, 'entries'>): Iterable<string> {
  if (!pattern.includes('*')) {
    yield pattern
    return
  }
  const order = [...target.matchAll(/\$([1-9])/g)].map(([, digit]) => Number(digit))
  const reached = parseGlob(target.replace(/\$[1-9]/g, '*'))
  const listed = entries.filter((entry) => entry.listed)
  if (order.length > 0) {
    for (const { publicId } of listed) {
      const values = capture(reached, publicId)
      if (values) yield fillStars(pattern, (star) => values[order.indexOf(star)] ?? 'any')
    }
  }
  for (const { targets } of listed) yield targets[0]?.model.id ?? ''
  yield fillStars(pattern, () => 'any')
}

function fillStars(pattern: string, value: (star: number) => string): string {
  let star = 0
  return pattern.replace(/\*/g, () => value(++star))
}

function meaningOf(
  name: string | undefined,
  catalogue: Pick<Catalogue, 'find'>,
): Pick<AliasPreview, 'meaning' | 'works'> {
  if (name === undefined) return { meaning: 'A name that is too long.', works: false }
  try {
    const { root } = catalogue.find(name)
    return { meaning: root.kind === 'model' ? root.publicId : root.name, works: true }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { meaning: error.message, works: false }
  }
}
