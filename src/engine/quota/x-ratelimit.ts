// `x-ratelimit-{limit,remaining,reset}-{unit}[-{period}]`: OpenAI, Azure, GitHub Models, Groq, xAI, Cerebras, Mistral, Fireworks,
// Nous and many others. All of them count for the model that was called.
import type { QuotaWindow } from '../../core/quota.ts'
import { lengthOfPeriod, numberIn, type QuotaReading, resetAt, textIn, windowOf } from './header-values.ts'

type Unit = 'requests' | 'tokens' | 'input-tokens' | 'output-tokens'

const units: Readonly<Record<string, Unit>> = {
  requests: 'requests',
  req: 'requests',
  tokens: 'tokens',
  'tokens-prompt': 'input-tokens',
  'prompt-tokens': 'input-tokens',
  'input-tokens': 'input-tokens',
  'tokens-generated': 'output-tokens',
  'completion-tokens': 'output-tokens',
  'output-tokens': 'output-tokens',
}

const periods: Readonly<Record<string, string>> = {
  second: 'second',
  '1s': 'second',
  minute: 'minute',
  '1m': 'minute',
  hour: 'hour',
  '1h': 'hour',
  day: 'day',
  '1d': 'day',
  month: 'month',
}

interface VendorFacts {
  /** What a header means that names no period. */
  readonly periods?: Partial<Record<Unit, string>>
  /** Buckets that fill up bit by bit; the reset is when they are full. */
  readonly refills?: boolean
}

/** Groq's documentation: requests are a day's, tokens a minute's. OpenAI sends the limits of minutes and days alike. */
const vendors: Readonly<Record<string, VendorFacts>> = {
  groq: { periods: { requests: 'day', tokens: 'minute' }, refills: true },
  openai: { refills: true },
}

const pattern = /^x-ratelimit-(?:limit|remaining)-([a-z-]+?)(?:-(second|minute|hour|day|month|1[smhd]))?$/

export function readXRatelimit({ provider, model, headers, now }: QuotaReading): readonly QuotaWindow[] {
  const windows = new Map<string, QuotaWindow>()
  const facts = vendors[provider]
  for (const name in headers) {
    const match = pattern.exec(name)
    const unit = units[match?.[1] ?? '']
    if (match === null || unit === undefined) continue
    const suffix = name.slice(name.indexOf('-', 12) + 1)
    const period = match[2] === undefined ? facts?.periods?.[unit] : periods[match[2]]
    const id = period === undefined ? unit : `${unit}/${period}`
    if (windows.has(id)) continue
    const counts = {
      id,
      unit,
      model,
      limit: numberIn(headers, `x-ratelimit-limit-${suffix}`),
      remaining: numberIn(headers, `x-ratelimit-remaining-${suffix}`),
      resetsAt: resetAt(textIn(headers, `x-ratelimit-reset-${suffix}`), headers, now),
      lengthMs: lengthOfPeriod(period),
      refills: facts?.refills,
    }
    const window = windowOf(counts, now)
    if (window) windows.set(id, window)
  }
  return [...windows.values()]
}
