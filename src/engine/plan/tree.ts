// The tree of choices of one request, without what the filters took out, and its order: each level by its own strategy, then
// flattened, each account and model once. Strategies only see targets that are ready; the demoted ones follow behind all.
import type { MemberOverrides, StrategyId } from '../../core/routing.ts'
import type { WireId } from '../../core/wire-format.ts'
import type { Target } from '../catalogue.ts'
import type { Choice } from '../resolution.ts'
import type { Standing } from '../standing.ts'
import { strategies } from '../strategies/registry.generated.ts'
import type { Option, StrategyContext } from '../strategy.ts'
import { type Filters, upstreamWire } from './filters.ts'
import type { Candidate, PlanInput } from './plan.ts'
import type { Demotion, Verdict } from './verdict.ts'

/** What is settled once for a target, at however many places it stands. */
interface Fate {
  readonly verdict: Verdict | undefined
  /** Whether the order has it already. */
  placed: boolean
}

/** A target at its place in the tree. */
export class Leaf implements Candidate {
  readonly target: Target
  readonly wire: WireId
  readonly overrides: MemberOverrides | undefined
  readonly path: readonly string[]
  readonly level: Level
  /** Why it comes behind all that are ready, if it does. */
  demotion: Demotion | undefined
  /** Why a budget would rather spare it, if one would. */
  readonly reroute: string | undefined
  readonly fate: Fate

  constructor(target: Target, wire: WireId, level: Level, verdict: Verdict, fate: Fate) {
    this.target = target
    this.wire = wire
    this.overrides = level.overrides
    this.path = level.path
    this.level = level
    this.demotion = verdict.demotion
    this.reroute = verdict.reroute
    this.fate = fate
  }
}

/** A model or group in the tree. */
export class Level {
  readonly choice: Choice
  readonly parent: Level | undefined
  readonly strategy: StrategyId
  readonly overrides: MemberOverrides | undefined
  readonly path: readonly string[]
  /** The key of its turn. */
  readonly key: string
  readonly leaves: Leaf[] = []
  readonly groups: Level[] = []
  /** How many the strategy had to choose from. */
  options = 0

  constructor(choice: Choice, parent: Level | undefined, accountStrategy: StrategyId) {
    this.choice = choice
    this.parent = parent
    this.strategy = choice.kind === 'group' ? choice.strategy : accountStrategy
    const outer = parent?.overrides
    this.overrides = outer && choice.overrides ? { ...outer, ...choice.overrides } : (choice.overrides ?? outer)
    const path = parent?.path ?? noPath
    this.path = choice.kind === 'group' ? [...path, choice.name] : path
    this.key = choice.kind === 'group' ? `group ${choice.name}` : `model ${choice.publicId}`
  }

  get name(): string {
    return this.choice.kind === 'group' ? this.choice.name : this.choice.publicId
  }
}

const noPath: readonly string[] = []

/** An option of a strategy: an account, or a member of a group as its best account makes it. */
class Ranked implements Option {
  readonly position: number
  readonly weight: number
  readonly leaves: readonly Leaf[]
  readonly #target: Target
  readonly #standing: Standing
  readonly #now: number

  constructor(position: number, weight: number, best: Leaf, leaves: readonly Leaf[], input: PlanInput) {
    this.position = position
    this.weight = weight
    this.leaves = leaves
    this.#target = best.target
    this.#standing = input.standing
    this.#now = input.now
  }

  inFlight(): number {
    return this.#standing.inFlight(this.#target)
  }

  recentUses(): number {
    return this.#standing.recentUses(this.#target, this.#now)
  }

  firstByteMs(): number | undefined {
    return this.#standing.firstByteMs(this.#target)
  }

  price(): number | undefined {
    return this.#standing.price(this.#target)
  }

  remaining(): number | undefined {
    return this.#standing.quota(this.#target, this.#now)?.remaining
  }

  resetsAt(): number | undefined {
    return this.#standing.quota(this.#target, this.#now)?.resetsAt
  }
}

export class Tree {
  /** All that may be called, in the user's order; a target that stands in several groups several times. */
  readonly leaves: Leaf[] = []
  readonly #input: PlanInput
  readonly #filters: Filters
  /** By account and upstream model, which make two targets the same; only where one may be met twice. */
  readonly #fates: Map<string, Map<string, Fate>> | undefined

  constructor(input: PlanInput, filters: Filters) {
    this.#input = input
    this.#filters = filters
    this.#fates = input.resolution.root.kind === 'group' ? new Map() : undefined
  }

  /** What of a level is ready, in the order of trying, without what an earlier call has given. */
  order(level: Level): Leaf[] {
    return this.#once(this.#ordered(level))
  }

  /** What comes behind: the more hopeful kind of demotion first, and within a kind as the filter ranks it. */
  demoted(): Leaf[] {
    const demoted = this.leaves.filter((leaf) => leaf.demotion !== undefined)
    if (demoted.length < 2) return demoted
    const rank = ({ demotion }: Leaf): number => demotion?.rank ?? 0
    const within = ({ demotion }: Leaf): number => demotion?.within ?? 0
    return this.#once(demoted.sort((a, b) => rank(a) - rank(b) || within(a) - within(b)))
  }

  /** A level without anything in it. */
  level(choice: Choice, parent: Level | undefined): Level {
    return new Level(choice, parent, this.#input.settings.defaults.accountStrategy)
  }

  /** A level with all that may be called in it. */
  grow(choice: Choice, parent: Level | undefined): Level {
    const level = this.level(choice, parent)
    if (choice.kind === 'group') {
      for (const member of choice.choices) level.groups.push(this.grow(member, level))
      return level
    }
    for (const target of choice.targets) {
      const fate = this.#fateOf(target)
      const wire = upstreamWire(target, this.#input.clientWire)
      if (!fate.verdict || !wire) continue
      const leaf = new Leaf(target, wire, level, fate.verdict, fate)
      level.leaves.push(leaf)
      this.leaves.push(leaf)
    }
    return level
  }

  /** Whether the target could be called at its turn. */
  isReady(target: Target): boolean {
    const { verdict } = this.#fateOf(target)
    return verdict !== undefined && !verdict.demotion && upstreamWire(target, this.#input.clientWire) !== undefined
  }

  #fateOf(target: Target): Fate {
    if (!this.#fates) return { verdict: this.#filters.judge(target), placed: false }
    const { account, model } = target
    let models = this.#fates.get(account.id)
    if (!models) {
      models = new Map()
      this.#fates.set(account.id, models)
    }
    let fate = models.get(model.id)
    if (!fate) {
      fate = { verdict: this.#filters.judge(target), placed: false }
      models.set(model.id, fate)
    }
    return fate
  }

  #ordered(level: Level): Leaf[] {
    if (level.choice.kind === 'model') {
      const ready = level.leaves.filter((leaf) => leaf.demotion === undefined)
      level.options = ready.length
      if (ready.length < 2 || level.strategy === 'ordered') return ready
      const options = ready.map((leaf, index) => new Ranked(index, 1, leaf, [leaf], this.#input))
      return this.#byStrategy(level, options)
    }
    const options: Ranked[] = []
    for (const member of level.groups) {
      const leaves = this.#ordered(member)
      const [best] = leaves
      if (best) options.push(new Ranked(options.length, member.choice.weight, best, leaves, this.#input))
    }
    level.options = options.length
    return this.#byStrategy(level, options)
  }

  #byStrategy(level: Level, options: readonly Ranked[]): Leaf[] {
    if (options.length < 2) return options.flatMap((option) => option.leaves)
    const { now, random, turns } = this.#input
    const context: StrategyContext = { now, random, turn: () => turns.peek(level.key) }
    return strategies[level.strategy].order(options, context).flatMap((option) => option.leaves)
  }

  #once(leaves: Leaf[]): Leaf[] {
    if (!this.#fates) return leaves
    return leaves.filter(({ fate }) => {
      const first = !fate.placed
      fate.placed = true
      return first
    })
  }
}
