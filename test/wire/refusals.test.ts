// Refusals as vendors send them, whole bodies with their headers, through the reader of the wire that the vendor speaks: what they
// are taken for, how long they make wait, and what they make rest.
import assert from 'node:assert/strict'
import { type CooldownScope, type FailureCode, failureOf, type GatewayError } from '../../src/core/errors.ts'
import { readError as readAnthropic, readHiddenError } from '../../src/wire/anthropic-messages/errors.ts'
import { readError as readGemini } from '../../src/wire/gemini-generate/errors.ts'
import { findHiddenError } from '../../src/wire/hidden-error.ts'
import { hiddenError, readError as readOpenAi } from '../../src/wire/openai-chat/errors.ts'

interface Refusal {
  readonly status: number
  readonly body: string | object
  readonly headers?: Readonly<Record<string, string>>
  readonly code: FailureCode
  /** Seconds. */
  readonly wait?: number
  readonly scope?: CooldownScope
}

const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
const servedAt = Date.parse(date)
const hour = 3600

const openAiWire: Readonly<Record<string, Refusal>> = {
  'OpenAI: no credit left': {
    status: 429,
    body: {
      error: {
        message:
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    },
    code: 'quota_exhausted',
    scope: 'account',
  },
  'OpenAI: the hard limit of a bill': {
    status: 400,
    body: {
      error: {
        message: 'Billing hard limit has been reached',
        type: 'billing_error',
        code: 'billing_hard_limit_reached',
      },
    },
    code: 'quota_exhausted',
    scope: 'account',
  },
  'OpenAI: tokens a minute': {
    status: 429,
    headers: { 'retry-after-ms': '1180', 'retry-after': '2' },
    body: {
      error: {
        message:
          'Rate limit reached for gpt-5 in organization org-x on tokens per min (TPM): Limit 30000, Used 28000, Requested 2500. Please try again in 1s.',
        type: 'tokens',
        param: null,
        code: 'rate_limit_exceeded',
      },
    },
    code: 'rate_limited',
    wait: 1.18,
  },
  'OpenAI: requests a day': {
    status: 429,
    body: {
      error: {
        message:
          'Rate limit reached for gpt-4o in organization org-x on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.',
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
    },
    code: 'quota_exhausted',
    wait: 432,
  },
  'OpenAI: one request larger than a minute allows': {
    status: 429,
    body: {
      error: {
        message:
          'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced in order to run successfully.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    code: 'context_too_long',
  },
  'OpenAI: a key that was deactivated': {
    status: 401,
    body: {
      error: {
        message: 'Your OpenAI account has been deactivated, please check your email for more information.',
        type: 'invalid_request_error',
        code: 'account_deactivated',
      },
    },
    code: 'account_refused',
  },
  'OpenAI: a country': {
    status: 403,
    body: {
      error: {
        message: 'Country, region, or territory not supported',
        type: 'request_forbidden',
        code: 'unsupported_country_region_territory',
      },
    },
    code: 'account_refused',
  },
  'OpenAI: its servers': {
    status: 503,
    body: { error: { message: 'The engine is currently overloaded, please try again later', type: 'server_error' } },
    code: 'overloaded',
  },
  'Codex: the plan is used up until an instant': {
    status: 429,
    headers: { 'x-codex-active-limit': 'premium' },
    body: {
      error: {
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_at: servedAt / 1000 + 13_872,
        eligible_promo: null,
        resets_in_seconds: 13_872,
      },
    },
    code: 'quota_exhausted',
    wait: 13_872,
    scope: 'account',
  },
  'Codex: the same with the instant alone': {
    status: 429,
    body: {
      error: {
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        resets_at: servedAt / 1000 + 60,
      },
    },
    code: 'quota_exhausted',
    wait: 60,
    scope: 'account',
  },
  'Codex: not part of the plan': {
    status: 403,
    body: { error: { type: 'usage_not_included', message: 'To use Codex with your ChatGPT plan, upgrade to Plus.' } },
    code: 'payment_required',
  },
  'Azure: its content filter': {
    status: 400,
    body: {
      error: {
        message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
    code: 'content_refused',
  },
  'Azure: a deployment that is not there': {
    status: 404,
    body: { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
    code: 'model_not_found',
  },
  'Groq: tokens a day': {
    status: 429,
    headers: { 'retry-after': '432' },
    body: {
      error: {
        message:
          'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 99600, Requested 1000. Please try again in 7m12s. Need more tokens? Upgrade to Dev Tier today.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    code: 'quota_exhausted',
    wait: 432,
  },
  'Groq: tokens a minute': {
    status: 429,
    body: {
      error: {
        message:
          'Rate limit reached for model `openai/gpt-oss-120b` on tokens per minute (TPM): Limit 8000, Used 7000, Requested 2000. Please try again in 7.5s.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    code: 'rate_limited',
    wait: 7.5,
  },
  'Groq: one request larger than a minute allows': {
    status: 413,
    body: {
      error: {
        message:
          'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    code: 'context_too_long',
  },
  'Groq: a restricted organization': {
    status: 400,
    body: {
      error: {
        message: 'Organization has been restricted. Please reach out to support if you believe this was in error.',
        type: 'invalid_request_error',
        code: 'organization_restricted',
      },
    },
    code: 'account_refused',
  },
  'OpenRouter: credit that does not cover this request': {
    status: 402,
    body: {
      error: {
        message:
          'This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 2666. To increase, visit the settings and upgrade to a paid account',
        code: 402,
        metadata: { provider_name: null },
      },
    },
    code: 'payment_required',
    scope: 'account-model',
  },
  'OpenRouter: free models a day': {
    status: 429,
    body: {
      error: {
        message: 'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
        code: 429,
        metadata: {
          headers: {
            'X-RateLimit-Limit': '50',
            'X-RateLimit-Remaining': '0',
            'X-RateLimit-Reset': String(servedAt + 14 * hour * 1000),
          },
          provider_name: null,
        },
      },
      user_id: 'user_x',
    },
    code: 'quota_exhausted',
    wait: 14 * hour,
  },
  'OpenRouter: free models a minute': {
    status: 429,
    body: {
      error: {
        message: 'Rate limit exceeded: free-models-per-min. ',
        code: 429,
        metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(servedAt + 20_000) } },
      },
    },
    code: 'rate_limited',
    wait: 20,
  },
  'OpenRouter: moderation': {
    status: 403,
    body: {
      error: {
        message: 'x/y requires moderation on Provider. Your input was flagged for "violence". No credits were charged.',
        code: 403,
        metadata: { reasons: ['violence'], flagged_input: '…' },
      },
    },
    code: 'content_refused',
  },
  'OpenRouter: a vendor behind it that is busy': {
    status: 429,
    body: {
      error: {
        message: 'Provider returned error',
        code: 429,
        metadata: {
          raw: 'deepseek/x:free is temporarily rate-limited upstream. Please retry shortly.',
          provider_name: 'Y',
        },
      },
    },
    code: 'rate_limited',
  },
  'Mistral: requests': {
    status: 429,
    body: { message: 'Requests rate limit exceeded', request_id: 'x' },
    code: 'rate_limited',
  },
  'Mistral: its capacity': {
    status: 429,
    body: {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      type: 'service_tier_capacity_exceeded',
      param: null,
      code: '3505',
    },
    code: 'overloaded',
  },
  'Mistral: a model': {
    status: 400,
    body: { object: 'error', message: 'Invalid model: nope', type: 'invalid_model', param: null, code: '1500' },
    code: 'model_not_found',
  },
  'Mistral: the window': {
    status: 400,
    body: {
      object: 'error',
      message: 'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_prompt',
    },
    code: 'context_too_long',
  },
  'Mistral: a key': { status: 401, body: { detail: 'Unauthorized' }, code: 'account_refused' },
  'DeepSeek: a balance': {
    status: 402,
    body: {
      error: { message: 'Insufficient Balance', type: 'unknown_error', param: null, code: 'invalid_request_error' },
    },
    code: 'payment_required',
  },
  'xAI: credits of a team': {
    status: 403,
    body: {
      code: 'The caller does not have permission to execute the specified operation',
      error:
        'Your team x has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
    },
    code: 'payment_required',
  },
  'xAI: a key': {
    status: 400,
    body: { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***de.' },
    code: 'account_refused',
  },
  'xAI: its guidelines': {
    status: 403,
    body: {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO',
    },
    code: 'content_refused',
  },
  'xAI: a model': {
    status: 404,
    body: {
      code: 'Some requested entity was not found',
      error: 'The model grok-x does not exist or your team y does not have access to it.',
    },
    code: 'model_not_found',
  },
  'Cerebras: the minute, called a quota': {
    status: 429,
    body: {
      message: 'Tokens per minute limit exceeded - too many tokens processed.',
      type: 'too_many_tokens_error',
      param: 'quota',
      code: 'token_quota_exceeded',
    },
    code: 'rate_limited',
  },
  'Cerebras: the day': {
    status: 429,
    body: {
      message: 'Tokens per day limit exceeded - too many tokens processed.',
      type: 'too_many_tokens_error',
      param: 'quota',
      code: 'token_quota_exceeded',
    },
    code: 'quota_exhausted',
  },
  'Together: credit': {
    status: 402,
    body: {
      error: {
        message: 'Credit limit exceeded, please navigate to the billing page to upgrade.',
        type: 'credit_limit',
        param: null,
        code: null,
      },
    },
    code: 'payment_required',
  },
  'Together: the window': {
    status: 422,
    body: {
      error: {
        message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 32769. Given: 33000 `inputs`',
        type: 'invalid_request_error',
      },
    },
    code: 'context_too_long',
  },
  'Fireworks: an account in arrears': {
    status: 412,
    body: {
      error: {
        message:
          'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
        code: 'PRECONDITION_FAILED',
      },
    },
    code: 'payment_required',
  },
  'Fireworks: a model': {
    status: 404,
    body: {
      error: {
        object: 'error',
        type: 'invalid_request_error',
        message: 'Model not found, inaccessible, and/or not deployed',
      },
    },
    code: 'model_not_found',
  },
  'NVIDIA: credits': {
    status: 402,
    body: {
      status: 402,
      title: 'Payment Required',
      detail: 'Cloud credits expired - Please contact NVIDIA representatives',
    },
    code: 'payment_required',
  },
  'NVIDIA: a retired model': {
    status: 404,
    body: { status: 404, title: 'Not Found', detail: "Function 'x': Not found for account 'y'" },
    code: 'model_not_found',
  },
  'NVIDIA: a burst': { status: 429, body: { status: 429, title: 'Too Many Requests' }, code: 'rate_limited' },
  'Ollama: a model that was not pulled': {
    status: 404,
    body: {
      error: { message: 'model "qwen9" not found, try pulling it first', type: 'api_error', param: null, code: null },
    },
    code: 'model_not_found',
  },
  'Ollama: the cloud’s week': {
    status: 429,
    body: { error: "you've reached your weekly usage limit, please upgrade to continue" },
    code: 'quota_exhausted',
  },
  'llama.cpp: the window': {
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 9000,
        n_ctx: 4096,
      },
    },
    code: 'context_too_long',
  },
  'GitHub Models: the day': {
    status: 429,
    body: {
      error: {
        code: 'RateLimitReached',
        message:
          'Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 24910 seconds before retrying.',
        details: 'Rate limit of 50 per 86400s exceeded for UserByModelByDay.',
      },
    },
    code: 'quota_exhausted',
    wait: 24_910,
  },
  'Copilot: hours under the name of a rate': {
    status: 429,
    body: {
      error: {
        message: "Sorry, you've hit a rate limit. Please try again in 58 hours.",
        code: 'rate_limited',
      },
    },
    code: 'quota_exhausted',
    wait: 58 * hour,
  },
  'anyone: a minute that claims two days': {
    status: 429,
    headers: { 'retry-after': '172800' },
    body: { error: { message: 'Limit of 60 requests per minute reached', type: 'rate_limit' } },
    code: 'rate_limited',
    wait: 48 * hour,
  },
  'GLM: five hours of a plan': {
    status: 429,
    body: {
      error: { code: '1308', message: 'Usage limit reached for 5 hour. Your limit will reset at 2026-11-22 20:54:26' },
    },
    code: 'quota_exhausted',
  },
  'GLM: load': {
    status: 429,
    body: { error: { code: '1305', message: 'The service may be temporarily overloaded, please try again later' } },
    code: 'overloaded',
  },
  'Moonshot: load': {
    status: 429,
    body: {
      error: { message: 'The engine is currently overloaded, please try again later', type: 'engine_overloaded_error' },
    },
    code: 'overloaded',
  },
  'Hugging Face: credits of the month': {
    status: 402,
    body: { error: 'You have exceeded your monthly included credits for Inference Providers.' },
    code: 'payment_required',
  },
  'Cloudflare: a challenge': {
    status: 403,
    headers: { 'content-type': 'text/html' },
    body: '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>cf_chl</body></html>',
    code: 'upstream_unreachable',
  },
  'Cloudflare: a rate limit of its own': {
    status: 429,
    headers: { 'retry-after': '17' },
    body: '<!doctype html><title>Access denied | x used Cloudflare to restrict access</title>error code: 1015',
    code: 'rate_limited',
    wait: 17,
  },
  'Cloudflare: no origin': { status: 523, body: 'error code: 523', code: 'upstream_unreachable' },
  'Cloudflare: a broken handshake': { status: 525, body: '<html>525</html>', code: 'upstream_unreachable' },
  'Cloudflare: an origin that is too slow': { status: 524, body: '<html>524</html>', code: 'upstream_timeout' },
  'Cloudflare: an origin that answers nonsense': { status: 520, body: '<html>520</html>', code: 'upstream_error' },
}

const anthropicError = (type: string, message: string): object => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
})
const unified = (claim: string): Record<string, string> => ({
  'anthropic-ratelimit-unified-status': 'rejected',
  'anthropic-ratelimit-unified-representative-claim': claim,
  'anthropic-ratelimit-unified-reset': String(servedAt / 1000 + 2 * hour),
})

const anthropicWire: Readonly<Record<string, Refusal>> = {
  'Anthropic: the limit of an account, without more': {
    status: 429,
    body: anthropicError(
      'rate_limit_error',
      "This request would exceed your account's rate limit. Please try again later.",
    ),
    code: 'quota_exhausted',
    scope: 'account',
  },
  'Anthropic: tokens a minute': {
    status: 429,
    headers: { 'retry-after': '12' },
    body: anthropicError(
      'rate_limit_error',
      'This request would exceed your organization’s rate limit of 30,000 input tokens per minute (org: x, model: y).',
    ),
    code: 'rate_limited',
    wait: 12,
  },
  'Anthropic: the five hours of a plan': {
    status: 429,
    headers: unified('five_hour'),
    body: anthropicError('rate_limit_error', 'Error'),
    code: 'quota_exhausted',
    wait: 2 * hour,
    scope: 'account',
  },
  'Anthropic: the week of one family of models': {
    status: 429,
    headers: unified('seven_day_opus'),
    body: anthropicError('rate_limit_error', 'Error'),
    code: 'quota_exhausted',
    wait: 2 * hour,
    scope: 'account-model',
  },
  'Anthropic: a long context that costs extra': {
    status: 429,
    body: anthropicError('rate_limit_error', 'Extra usage is required for long context requests.'),
    code: 'context_too_long',
  },
  'Anthropic: a limit of spending until a date': {
    status: 400,
    body: anthropicError(
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    ),
    code: 'quota_exhausted',
    scope: 'account',
  },
  'Anthropic: load': { status: 529, body: anthropicError('overloaded_error', 'Overloaded'), code: 'overloaded' },
  'MiniMax: five hours of a plan until an instant': {
    status: 429,
    body: anthropicError(
      'rate_limit_error',
      'usage limit exceeded, 5-hour usage limit reached for Token Plan Starter (0/0 used), resets at 2026-11-22T15:00:00Z (2056)',
    ),
    code: 'quota_exhausted',
    wait: 5 * hour,
  },
  'Cloudflare: a challenge': {
    status: 403,
    body: '<!DOCTYPE html><title>Attention Required! | Cloudflare</title>',
    code: 'upstream_unreachable',
  },
}

const google = (code: number, status: string, message: string, details: object[] = []): object => ({
  error: { code, message, status, details },
})
const info = (reason: string): object => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason })

const geminiWire: Readonly<Record<string, Refusal>> = {
  'Gemini: a day': {
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '50' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' },
    ]),
    code: 'quota_exhausted',
    // Midnight in California is eight in the morning, UTC; the next is 22 hours on.
    wait: 22 * hour,
  },
  'Gemini: a minute': {
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, check your billing details.', [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier', quotaValue: '250000' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' },
    ]),
    code: 'rate_limited',
    wait: 37,
  },
  'Code Assist: the quota of a model': {
    status: 429,
    body: google(
      429,
      'RESOURCE_EXHAUSTED',
      'You have exhausted your capacity on this model. Your quota will reset after 17h50m25s.',
    ),
    code: 'quota_exhausted',
    wait: 17 * hour + 50 * 60 + 25,
  },
  'Code Assist: no capacity': {
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'No capacity available for model x on the server', [
      info('MODEL_CAPACITY_EXHAUSTED'),
    ]),
    code: 'overloaded',
  },
  'Gemini: a key that leaked': {
    status: 403,
    body: google(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
    code: 'account_refused',
  },
  'Gemini: a project without billing': {
    status: 403,
    body: google(403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled.', [
      info('BILLING_DISABLED'),
    ]),
    code: 'payment_required',
  },
}

const wires: readonly (readonly [
  string,
  (status: number, headers: Readonly<Record<string, string>>, body: string, now: number) => GatewayError,
  Readonly<Record<string, Refusal>>,
])[] = [
  ['openai', readOpenAi, openAiWire],
  ['anthropic', readAnthropic, anthropicWire],
  ['gemini', readGemini, geminiWire],
]

for (const [wire, read, refusals] of wires) {
  describe(`a refusal in the ${wire} dialect`, () => {
    for (const [name, { status, body, headers, code, wait, scope }] of Object.entries(refusals)) {
      it(`${name} (${status}) is ${code}`, () => {
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        const error = read(status, { date, ...headers }, text, servedAt)
        assert.equal(error.code, code, error.message)
        assert.equal(error.scope, scope)
        if (wait !== undefined) assert.equal(error.retryAfterMs, wait * 1000)
        assert.equal(error.retryAfterMs === undefined, error.waitSource === undefined)
      })
    }
  })
}

describe('a refusal', () => {
  it('of the request itself never makes an account rest', () => {
    for (const code of ['context_too_long', 'content_refused', 'invalid_request'] as const) {
      assert.equal(failureOf(code).cooldown, 'none')
    }
  })

  it('says where its wait was read', () => {
    const text = JSON.stringify({ error: { message: 'slow down, try again in 3s', type: 'rate_limit' } })
    assert.equal(readOpenAi(429, { 'retry-after': '3' }, text, servedAt).waitSource, 'header')
    assert.equal(readOpenAi(429, {}, text, servedAt).waitSource, 'body')
  })

  it('holds instants against the clock of the server that named them', () => {
    const wrong = 'Mon, 23 Nov 2020 10:00:00 GMT'
    const reset = Date.parse(wrong) / 1000 + 90
    const body = JSON.stringify({ error: { type: 'usage_limit_reached', message: 'used up', resets_at: reset } })
    assert.equal(readOpenAi(429, { date: wrong }, body, servedAt).retryAfterMs, 90_000)
  })
})

describe('an instant that a refusal names without a date', () => {
  // Long before the clock of this machine: only the time that is given can make these numbers.
  const now = Date.UTC(2020, 1, 2, 3)
  const inNinety = new Date(now + 90_000).toISOString()
  const cases: readonly (readonly [string, () => GatewayError])[] = [
    [
      'OpenAI, in a field',
      () => readOpenAi(429, {}, JSON.stringify({ error: { message: 'used up', resets_at: now / 1000 + 90 } }), now),
    ],
    [
      'OpenAI, in words',
      () => readOpenAi(429, {}, JSON.stringify({ error: { message: `Resets at ${inNinety}.` } }), now),
    ],
    [
      'OpenRouter, in headers repeated in the body',
      () => {
        const headers = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(now + 90_000) }
        return readOpenAi(
          429,
          {},
          JSON.stringify({ error: { message: 'slow', code: 429, metadata: { headers } } }),
          now,
        )
      },
    ],
    ['OpenAI, in a header', () => readOpenAi(429, { 'retry-after': new Date(now + 90_000).toUTCString() }, '', now)],
    [
      'Anthropic, of a plan',
      () => {
        const headers = { 'anthropic-ratelimit-unified-reset': String(now / 1000 + 90) }
        return readAnthropic(429, headers, '{"type":"error","error":{"type":"rate_limit_error","message":"x"}}', now)
      },
    ],
    ['Gemini, in a header', () => readGemini(429, { 'retry-after': new Date(now + 90_000).toUTCString() }, '', now)],
    [
      'OpenAI, hidden in a 200',
      () => {
        const body = { error: { message: 'used up', type: 'usage_limit_reached', resets_at: now / 1000 + 90 } }
        const error = hiddenError(body, () => now)
        assert.ok(error)
        return error
      },
    ],
  ]
  for (const [name, read] of cases) {
    it(`is held against the given time: ${name}`, () => assert.equal(read().retryAfterMs, 90_000))
  }

  it('of midnight in California, too', () => {
    const quota = {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [{ quotaId: 'RequestsPerDay' }],
    }
    const body = { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'x', details: [quota] } }
    // 3 h UTC are 19 h the day before.
    assert.equal(readGemini(429, {}, JSON.stringify(body), now).retryAfterMs, 5 * hour * 1000)
  })

  it('stays unknown where nobody knows the time', () => {
    const body = { error: { message: 'used up', type: 'usage_limit_reached', resets_at: now / 1000 + 90 } }
    assert.equal(hiddenError(body)?.retryAfterMs, undefined)
    const relative = { error: { message: 'used up', type: 'usage_limit_reached', resets_in_seconds: 90 } }
    assert.equal(hiddenError(relative)?.retryAfterMs, 90_000)
  })
})

describe('an error in a 200', () => {
  const bodies: readonly (readonly [string, object, FailureCode])[] = [
    [
      'a plan that is used up',
      { error: { type: 'usage_limit_reached', message: 'x', resets_in_seconds: 60 } },
      'quota_exhausted',
    ],
    ['a day', { error: { code: 429, message: 'Rate limit reached: requests per day' } }, 'quota_exhausted'],
    ['a key', { error: { type: 'authentication_error', message: 'no' } }, 'account_refused'],
    ['credit', { error: { message: 'Insufficient credits' } }, 'payment_required'],
    ['the window', { error: { code: 400, message: 'maximum context length is 8192 tokens' } }, 'context_too_long'],
    ['the window without a status', { error: 'prompt is too long: 9 tokens > 8' }, 'context_too_long'],
    ['load', { error: { type: 'overloaded_error', message: 'busy' } }, 'overloaded'],
  ]
  for (const [name, body, code] of bodies) {
    it(`knows ${name}`, () => assert.equal(hiddenError(JSON.parse(JSON.stringify(body)))?.code, code))
  }

  it('knows a limit in an event of the Anthropic dialect', () => {
    const event = JSON.parse(JSON.stringify(anthropicError('rate_limit_error', 'Your weekly limit is used up')))
    const found = findHiddenError(event)
    assert.equal(found && readHiddenError(found).code, 'quota_exhausted')
  })
})
