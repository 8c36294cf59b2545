// `auto`, `auto/fast`, `auto/cheap` and `auto/coding`: routes over what the user has connected, with nothing to set up. Each account
// takes part with one model, so that no route grows with the length of a vendor's list.
import { type ModelInfo, type Tier, tiers } from '../../core/model.ts'
import type { StrategyId } from '../../core/routing.ts'
import type { Target } from '../catalogue.ts'
import type { Choice, GroupChoice, ModelChoice } from '../resolution.ts'
import type { ConnectedAccount } from './inventory.ts'

export const automaticRoutes = ['auto', 'auto/fast', 'auto/cheap', 'auto/coding'] as const
export type AutomaticRoute = (typeof automaticRoutes)[number]

/** A coding tool's own prompt and a few files already fill less than this. */
const codingWindow = 64_000

/**
 * Allowances that lapse are used before they do; where each token is paid, the cheapest comes first; at home, the fastest. What a
 * strategy can't tell apart stays in the user's order.
 */
const strategyOfTier: Readonly<Record<Tier, StrategyId>> = {
  subscription: 'use-before-reset',
  'api-key': 'cheapest',
  cheap: 'cheapest',
  free: 'use-before-reset',
  local: 'fastest',
}

/** The route over the connected accounts; undefined when none of them can take part. */
export function buildRoute(route: AutomaticRoute, connected: readonly ConnectedAccount[]): GroupChoice | undefined {
  // The demo must never stand in for a real account in silence: it takes part only while there is nothing else.
  const real = connected.filter(({ provider, models }) => !provider.builtIn && models.length > 0)
  const taking = real.length > 0 ? real : connected
  const pick = route === 'auto/coding' ? codingModel : preferredModel
  const targets = taking.flatMap((one): Target[] => {
    const model = pick(one)
    if (!model) return []
    const { account, provider } = one
    return [{ account, provider, model, publicId: `${account.prefix}/${model.id}` }]
  })
  switch (route) {
    case 'auto/fast':
      return group(route, 'fastest', byModel(targets))
    case 'auto/cheap':
      return group(route, 'cheapest', byModel(targets))
    default:
      return group(
        route,
        'ordered',
        tiers.flatMap((tier) => tierGroup(route, tier, targets) ?? []),
      )
  }
}

/** The targets of one tier; for coding those first whose model is known to reason. */
function tierGroup(route: AutomaticRoute, tier: Tier, all: readonly Target[]): GroupChoice | undefined {
  const targets = all.filter(({ account }) => account.tier === tier)
  const name = `${route}: ${tier}`
  if (route === 'auto') return group(name, strategyOfTier[tier], byModel(targets))
  const reasons = ({ model }: Target): boolean => model.capabilities.reasoning === true
  const reasoning = group(`${name}, reasoning`, strategyOfTier[tier], byModel(targets.filter(reasons)))
  const others = group(`${name}, others`, strategyOfTier[tier], byModel(targets.filter((target) => !reasons(target))))
  return group(
    name,
    'ordered',
    [reasoning, others].flatMap((part) => part ?? []),
  )
}

/** The provider's default, or the first that looks like a model for chats, or the first. */
function preferredModel({ provider, models }: ConnectedAccount): ModelInfo | undefined {
  return models.find(({ id }) => id === provider.defaultModel) ?? models.find(looksLikeChat) ?? models[0]
}

/** Of the models that can do it the one that does it best; the provider's default among equals. */
function codingModel({ provider, models }: ConnectedAccount): ModelInfo | undefined {
  const able = models.filter(
    (model) =>
      model.capabilities.tools !== false &&
      (model.limits.contextWindow ?? codingWindow) >= codingWindow &&
      looksLikeChat(model),
  )
  const merit = ({ id, capabilities }: ModelInfo): number =>
    (capabilities.reasoning === true ? 4 : 0) +
    (capabilities.tools === true ? 2 : 0) +
    (id === provider.defaultModel ? 1 : 0)
  return able.reduce<ModelInfo | undefined>((best, one) => (best && merit(best) >= merit(one) ? best : one), undefined)
}

/** Vendors list what makes pictures, sound and vectors beside their chat models, and few say which is which. */
function looksLikeChat({ id }: ModelInfo): boolean {
  return !/embed|rerank|moderation|guard|whisper|transcri|tts|speech|audio|realtime|image|dall-e|video|sora|veo/i.test(
    id,
  )
}

/** Accounts that share a public id are one choice. */
function byModel(targets: readonly Target[]): ModelChoice[] {
  const shared = new Map<string, Target[]>()
  for (const target of targets) {
    const list = shared.get(target.publicId)
    if (list) list.push(target)
    else shared.set(target.publicId, [target])
  }
  return [...shared].map(([publicId, same]) => ({ kind: 'model', publicId, targets: same, weight: 1 }))
}

function group(name: string, strategy: StrategyId, choices: readonly Choice[]): GroupChoice | undefined {
  return choices.length === 0 ? undefined : { kind: 'group', name, strategy, choices, weight: 1 }
}
