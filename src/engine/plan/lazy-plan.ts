// A plan of a very large combo, looked through only as far as somebody asks: where members stand in an order of the user's, the next
// one matters only when those before it are used up. Gives the same order as a plan of the whole tree does.
import type { TraceStep } from '../../core/trace.ts'
import type { Target } from '../catalogue.ts'
import type { Choice } from '../resolution.ts'
import type { Pin } from './affinity.ts'
import { comesLast, decidedStep, movePinned, takeTurns } from './choose.ts'
import { Filters } from './filters.ts'
import type { Candidate, Plan, PlanInput } from './plan.ts'
import { type Leaf, type Level, Tree } from './tree.ts'

/** Smaller trees are looked through whole: that costs next to nothing, and the trace then says something of every target. */
const usuallyWhole = 256

/** What never changes of a tree while the catalogue stays. */
interface Extent {
  readonly targets: number
  /** Whether its models differ in the most output they give: then the order depends on all of them. */
  readonly outputDiffers: boolean
}

const extents = new WeakMap<Choice, Extent>()

/** Whether an order of the user's at the top makes it worth looking through no more than is needed. */
export function isWorthDelaying({ resolution, settings, facts, wholeUpTo = usuallyWhole }: PlanInput): boolean {
  const { root } = resolution
  if (root.kind !== 'group' || root.strategy !== 'ordered') return false
  const { targets, outputDiffers } = extentOf(root)
  // Budgets may move any target behind any other.
  if (targets <= wholeUpTo || settings.budgets.length > 0) return false
  return !outputDiffers || facts.maxOutputTokens() === undefined
}

export class LazyPlan implements Plan {
  readonly decided: TraceStep[]
  readonly #input: PlanInput
  readonly #filters: Filters
  readonly #tree: Tree
  readonly #branches: Iterator<Level>
  readonly #found: Leaf[] = []
  /** A branch that was met already. */
  #ahead: Leaf[] | undefined
  #notesSaid = 0
  #isComplete = false
  /** Where the conversation was; undefined once its branch has been met. */
  #own: Pin | undefined

  constructor(given: PlanInput) {
    const input = { ...given, turns: turnsAsTheyStood(given.turns) }
    this.#input = input
    this.#filters = new Filters(input)
    this.#tree = new Tree(input, this.#filters)
    this.#branches = branchesOf(this.#tree, input.resolution.root, undefined)
    this.decided = input.resolution.steps.map(decidedStep)
    const own = input.settings.affinity.enabled ? input.pinned?.() : undefined
    const known = own && targetAt(input.resolution.root, own)
    // Its own model there, if that is ready; else whatever of the account comes first.
    this.#own = own && !(known && this.#tree.isReady(known)) ? { ...own, model: '' } : own
  }

  get candidates(): readonly Candidate[] {
    while (!this.#isComplete) this.#lookFurther()
    return this.#found
  }

  at(index: number): Candidate | undefined {
    while (!this.#isComplete && this.#found.length <= index) this.#lookFurther()
    return this.#found[index]
  }

  get skipped(): readonly TraceStep[] {
    return this.#filters.skipped
  }

  get soonest(): number | undefined {
    return this.#filters.soonest
  }

  #lookFurther(): void {
    const ordered = this.#nextBranch()
    if (ordered === undefined) {
      const demoted = this.#tree.demoted()
      this.#isComplete = true
      const isChoice = this.#found.length + demoted.length > 1
      if (isChoice) for (const leaf of demoted) this.decided.push(comesLast(leaf))
      for (const leaf of demoted) this.#found.push(leaf)
      return
    }
    const before = this.#found.length
    const own = this.#own
    const isHere = own !== undefined && ordered.some((leaf) => isAt(leaf.target, own))
    if (isHere) this.#own = undefined
    // Where nobody else is ready, nothing stays anywhere by choice.
    const isChoice = isHere && (before > 0 || ordered.length > 1 || this.#isMoreReady())
    const isFirst = isChoice && movePinned(ordered, own, this.decided, before)
    if (before === 0 && !isFirst) takeTurns(this.#input, ordered[0], this.decided)
    for (const leaf of ordered) this.#found.push(leaf)
  }

  #isMoreReady(): boolean {
    this.#ahead = this.#nextBranch()
    return this.#ahead !== undefined
  }

  /** What is ready of the next branch of which anything is. */
  #nextBranch(): Leaf[] | undefined {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead) return ahead
    for (let next = this.#branches.next(); !next.done; next = this.#branches.next()) {
      const ordered = this.#tree.order(next.value)
      this.#sayNotes()
      if (ordered.length > 0) return ordered
    }
    return undefined
  }

  #sayNotes(): void {
    const { notes } = this.#filters
    for (; this.#notesSaid < notes.length; this.#notesSaid++) {
      this.decided.push(decidedStep(notes[this.#notesSaid] ?? ''))
    }
  }
}

/** A turn that this plan takes counts for the next one, also where the same choice stands in a branch that is looked at later. */
function turnsAsTheyStood(turns: PlanInput['turns']): PlanInput['turns'] {
  const stood = new Map<string, number>()
  return {
    peek: (key) => stood.get(key) ?? turns.peek(key),
    take(key) {
      if (!stood.has(key)) stood.set(key, turns.peek(key))
      turns.take(key)
    },
  }
}

/** The members in the user's order, those of ordered groups within in their places; each grown when it is asked for. */
function* branchesOf(tree: Tree, choice: Choice, parent: Level | undefined): Generator<Level> {
  if (choice.kind === 'model' || choice.strategy !== 'ordered') {
    yield tree.grow(choice, parent)
    return
  }
  const level = tree.level(choice, parent)
  for (const member of choice.choices) yield* branchesOf(tree, member, level)
}

function isAt({ account, model }: Target, pin: Pin): boolean {
  return account.id === pin.account && (pin.model === '' || model.id === pin.model)
}

function extentOf(root: Choice): Extent {
  const known = extents.get(root)
  if (known) return known
  let targets = 0
  let outputDiffers = false
  let first: Target | undefined
  forEachTarget(root, (target) => {
    targets++
    first ??= target
    if (target.model.limits.maxOutput !== first.model.limits.maxOutput) outputDiffers = true
  })
  const extent = { targets, outputDiffers }
  extents.set(root, extent)
  return extent
}

const places = new WeakMap<Choice, Map<string, Target>>()

function targetAt(root: Choice, { account, model }: Pin): Target | undefined {
  let known = places.get(root)
  if (!known) {
    const made = new Map<string, Target>()
    forEachTarget(root, (target) => {
      made.set(placeOf(target.account.id, target.model.id), target)
    })
    places.set(root, made)
    known = made
  }
  return known.get(placeOf(account, model))
}

const placeOf = (account: string, model: string): string => `${account}\n${model}`

function forEachTarget(choice: Choice, visit: (target: Target) => void): void {
  if (choice.kind === 'model') for (const target of choice.targets) visit(target)
  else for (const member of choice.choices) forEachTarget(member, visit)
}
