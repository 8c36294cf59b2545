// The order in which a name is understood. What the user has laid down comes before what can be guessed, what is exact before what
// is similar, and nothing is ever answered by a model that the user has neither named nor connected.
import type { Combo } from '../../core/routing.ts'
import type { Choice, GroupChoice } from '../resolution.ts'
import { type Aliases, applyWildcard } from './aliases.ts'
import { type AutomaticRoute, automaticRoutes, buildRoute } from './automatic.ts'
import { clientThatAsks, spelling } from './client-names.ts'
import { expandCombo, mostVisits } from './combos.ts'
import type { Inventory } from './inventory.ts'
import { type DefaultModel, longestName, type Meaning, quote, type Refusal, startTrip, type Trip } from './meaning.ts'
import { splitSuffix } from './suffix.ts'

/** Aliases of aliases: more than this is a mistake. */
const longestChain = 10

export interface Answer {
  readonly meaning: Meaning
  readonly steps: readonly string[]
  /** Whether another default model could make another answer. */
  readonly dependsOnDefault: boolean
}

export type Resolver = (name: string, standIn: DefaultModel | undefined) => Answer

export function createResolver(inventory: Inventory, all: readonly Combo[], aliases: Aliases): Resolver {
  const { models, bareIds } = inventory
  const combos = new Map(all.filter(({ enabled }) => enabled).map((combo) => [combo.name, combo]))
  const switchedOff = new Set(all.filter(({ enabled }) => !enabled).map(({ name }) => name))
  const routes = new Map<string, GroupChoice | undefined>()
  let spellings: Map<string, string[]> | undefined

  /** Throws nothing; ends for any combos and aliases. */
  function mean(asked: string, trip: Trip): Meaning {
    const name = asked.trim()
    const known = exactly(name, trip)
    if (known) return known
    const split = bareIds.has(name) ? undefined : splitSuffix(name)
    if (split) {
      const inner = mean(split.name, trip)
      return 'choice' in inner ? { ...inner, reasoning: split.reasoning } : inner
    }
    // What the user wrote as a target or member is meant as it stands; wildcards are for the names that clients ask for.
    const written = trip.path.length > 0 ? underPrefix(name) : undefined
    return (
      written ??
      byWildcard(name, trip) ??
      underPrefix(name) ??
      bare(name, trip) ??
      askedByClient(name, trip) ??
      nobodyHas(name)
    )
  }

  function byWildcard(name: string, trip: Trip): Meaning | undefined {
    const wildcard = applyWildcard(aliases, name, trip.wildcards)
    if (!wildcard) return undefined
    trip.wildcards.push(wildcard.pattern)
    const meaning = follow(name, wildcard.becomes, `alias ${quote(wildcard.pattern)}`, trip)
    trip.wildcards.pop()
    return meaning
  }

  function exactly(name: string, trip: Trip): Meaning | undefined {
    const combo = combos.get(name)
    if (combo) return expandCombo(combo, trip, (member) => mean(member, trip))
    const route = automaticRoutes.find((one) => one === name)
    if (route) return automatic(route)
    const model = models.get(name)
    if (model) return { choice: model }
    const target = aliases.exact.get(name)
    if (target !== undefined) return follow(name, target, `alias ${quote(name)}`, trip)
    return name === '' || name === 'default' ? byDefault(name, trip) : undefined
  }

  function automatic(route: AutomaticRoute): Meaning {
    if (!routes.has(route)) routes.set(route, buildRoute(route, inventory.connected))
    const choice = routes.get(route)
    if (choice) return { choice }
    const message =
      inventory.connected.length === 0
        ? 'No account is connected and enabled yet.'
        : `No connected account has a model for ${quote(route)}.`
    return { refused: 'no_target', message, reason: 'no account for it' }
  }

  function follow(name: string, target: string | undefined, words: string, trip: Trip): Meaning {
    const next = target?.trim()
    if (next === undefined) return unknown(`The ${words} makes a name that is too long.`, 'name too long')
    if (next === name || trip.path.includes(next)) {
      return unknown(
        `The ${words} leads back to itself: ${[...trip.path, name, next].join(' → ').slice(0, 500)}.`,
        'leads in a circle',
      )
    }
    if (trip.followed >= longestChain) {
      return unknown(`More than ${longestChain} aliases lead on from one to another.`, 'too many aliases')
    }
    if (trip.nested === 0) trip.steps.push(`${words} means ${next.slice(0, 200)}`)
    trip.path.push(name)
    trip.followed++
    const meaning = mean(next, trip)
    trip.followed--
    trip.path.pop()
    return meaning
  }

  function byDefault(name: string, trip: Trip): Meaning {
    trip.askedForStandIn = true
    if (trip.standIn) return follow(name, trip.standIn.model, trip.standIn.words, trip)
    return unknown(
      name === ''
        ? 'The request names no model, and no default model is set.'
        : 'The request asks for the default model, and none is set.',
      'no default model',
    )
  }

  /** A model that is in no list is passed on as it is. */
  function underPrefix(name: string): Meaning | undefined {
    const choice = inventory.passOn(name)
    if (!choice) return undefined
    return inventory.isBlocked(name) ? blocked(name) : { choice }
  }

  function bare(name: string, trip: Trip): Meaning | undefined {
    const ids = bareIds.get(name)
    if (!ids) {
      const publicId = inventory.blockedBareIds.get(name)
      return publicId === undefined ? undefined : blocked(publicId)
    }
    // A tool's own choice can't be made unambiguous in the tool; all of them are the user's and the same model.
    if (ids.length === 1 || clientThatAsks(name)) return { choice: oneOrAll(name, ids, trip) }
    const list = ids.slice(0, 5).map(quote).join(', ') + (ids.length > 5 ? ' and others' : '')
    return unknown(
      `${quote(name)} could be ${list}. Ask for one of them, or set an alias for ${quote(name)}.`,
      'could be several models',
    )
  }

  function askedByClient(name: string, trip: Trip): Meaning | undefined {
    const client = clientThatAsks(name)
    if (client === undefined) return undefined
    const same = spelling(name)
    spellings ??= bySpelling(models.keys())
    const ids = spellings.get(same)
    if (ids) return { choice: oneOrAll(name, ids, trip) }
    for (const [bareId, publicId] of inventory.blockedBareIds) if (spelling(bareId) === same) return blocked(publicId)
    trip.askedForStandIn = true
    const words = `No account has ${quote(name)}, which ${client} asks for by itself`
    if (!trip.standIn) {
      return { ...nobodyHas(name), message: `${words}. Set an alias for it, or a default model.` }
    }
    if (trip.nested === 0) trip.steps.push(`${words}: the default takes its place`)
    return follow(name, trip.standIn.model, trip.standIn.words, trip)
  }

  /** Of several the first account's comes first. */
  function oneOrAll(name: string, ids: readonly string[], trip: Trip): Choice {
    const choices = ids.flatMap((id) => models.get(id) ?? [])
    const [first] = choices
    const plain = ids.length === 1 && ids[0]?.endsWith(`/${name}`)
    if (trip.nested === 0 && !plain) trip.steps.push(`${quote(name)} is ${ids.slice(0, 5).join(', ')} here`)
    if (first && choices.length === 1) return first
    return { kind: 'group', name, strategy: 'ordered', choices, weight: 1 }
  }

  function nobodyHas(name: string): Refusal {
    if (switchedOff.has(name)) return unknown(`The combo ${quote(name)} is switched off.`, 'switched off')
    return {
      refused: 'unknown_model',
      message: `There is no model or combo ${quote(name)}.`,
      reason: 'not connected',
      unknown: name,
    }
  }

  return (name, standIn) => {
    if (name.length > longestName) {
      return {
        meaning: { ...nobodyHas(name), message: `A name of ${name.length} characters is no model's.` },
        steps: [],
        dependsOnDefault: false,
      }
    }
    let trip = startTrip(standIn)
    let meaning = mean(name, trip)
    if (trip.visits > mostVisits) {
      trip = startTrip(standIn, new Set())
      meaning = mean(name, trip)
    }
    return { meaning, steps: trip.steps, dependsOnDefault: trip.askedForStandIn }
  }
}

function bySpelling(publicIds: Iterable<string>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const id of publicIds) {
    const key = spelling(id)
    const list = found.get(key)
    if (list) list.push(id)
    else found.set(key, [id])
  }
  return found
}

function unknown(message: string, reason: string): Refusal {
  return { refused: 'unknown_model', message, reason }
}

function blocked(publicId: string): Refusal {
  return { refused: 'model_blocked', message: `The model ${quote(publicId)} is blocked.`, reason: 'blocked' }
}
