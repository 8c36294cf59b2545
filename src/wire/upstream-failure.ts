// What a wire needs to classify an upstream's refusal: the words vendors share, and a short description of a body that may be
// an HTML page. Header names must be lower case.
import type { FailureCode, UpstreamAnswer } from '../core/errors.ts'
import { redact } from '../core/redact.ts'

type Headers = Readonly<Record<string, string>>

/** Vendors' words for a conversation that is larger than the model's window (rule 164). */
const overflowShapes: readonly RegExp[] = [
  /prompt is too long/i,
  /exceeds? the maximum number of tokens/i,
  /exceed(?:s|ed)?\b.{0,40}\bcontext (?:limit|window|length)/i,
  /maximum context (?:length|window)/i,
  /context[_ ](?:length|window)[_ ]exceeded/i,
  /(?:input|prompt|request)\b.{0,40}\b(?:too (?:long|many tokens)|longer than the (?:model's )?(?:context|maximum))/i,
  /too many (?:input )?tokens\b(?! processed)/i,
  // Text generation servers (Together): `inputs` tokens + `max_new_tokens` must be <= 32769.
  /tokens \+ `?max_new_tokens`? must be/i,
  // llama.cpp: the request exceeds the available context size.
  /exceeds the available context size/i,
]

const creditShapes: readonly RegExp[] = [
  /credit balance is too low/i,
  /insufficient (?:balance|credits?|funds)/i,
  /(?:enable|requires?|without|check your) billing|billing (?:account|is) (?:not|disabled)/i,
  /exceeded your current (?:credit|balance)/i,
  // xAI: "used all available credits or reached its monthly spending limit", "doesn't have any credits yet".
  /used (?:up )?all (?:of )?(?:its |your |the )?(?:available )?credits|does ?n[o']t have any (?:credits|licenses)/i,
  /(?:reaching|reached) (?:its|your|the) monthly spending limit/i,
  // Together, NVIDIA, Hugging Face.
  /credit limit exceeded|credits? (?:have |has )?(?:expired|been exhausted|been used up)|exceeded your (?:monthly )?included credits/i,
  /requires more credits|payment required|past[- ]due invoices?|unpaid invoice/i,
]

export function isContextOverflow(message: string): boolean {
  return overflowShapes.some((shape) => shape.test(message))
}

export function isCreditProblem(message: string): boolean {
  return creditShapes.some((shape) => shape.test(message))
}

/** The catalogue's code for a bare HTTP status, when neither type nor text say more. */
export function codeOfStatus(status: number): FailureCode {
  switch (status) {
    case 401:
    case 403:
      return 'account_refused'
    case 402:
      return 'payment_required'
    case 408:
    case 504:
    case 522:
    case 524:
      return 'upstream_timeout'
    case 429:
      return 'rate_limited'
    case 503:
    case 529:
      return 'overloaded'
    // Cloudflare: the server behind it is down, has no address, or failed the TLS handshake.
    case 521:
    case 523:
    case 525:
    case 526:
    case 530:
      return 'upstream_unreachable'
  }
  if (status >= 400 && status < 500) return 'invalid_request'
  return status >= 500 ? 'upstream_error' : 'malformed_reply'
}

/**
 * The moment an answer was made by the server's own clock where it tells it, so that its instants are held against that. The
 * header leaves out parts of a second: where the clocks agree otherwise, ours is more exact.
 */
export function clockOf(headers: Headers, now: number): number {
  const servedAt = Date.parse(headers['date'] ?? '')
  return Number.isNaN(servedAt) || (servedAt <= now && now - servedAt < 1_500) ? now : servedAt
}

/** A page that a gatekeeper put before the server: it says nothing of the account. */
export function isGatekeeperPage(status: number, body: string): boolean {
  const head = body.slice(0, 8_192)
  if (status !== 403 || !/<(?:!doctype|html)/i.test(head)) return false
  return /cloudflare|just a moment|attention required|captcha|access denied|verify you are human/i.test(head)
}

/** One line of at most 500 characters about a body that is no error of the wire (rule 162). */
export function describeBody(status: number, body: string): string {
  const head = body.slice(0, 65_536)
  const title = /<(title|h1)[^>]{0,200}>([^<]{1,300})<\/\1>/i.exec(head)?.[2]
  const isMarkup = /^\s*(?:<!doctype|<html|<\?xml|<head|<body)/i.test(head)
  const text = (title ?? (isMarkup ? '' : head)).replace(/\s+/g, ' ').trim()
  const lead = `The upstream answered with status ${status}`
  if (text === '') return `${lead} and ${isMarkup ? 'a web page' : 'no explanation'}.`
  return shorten(`${lead}: ${text}`)
}

/** A vendor's message made fit to be shown: no secrets, one line, at most 500 characters. */
export function shorten(message: string): string {
  const clean = redact(message.slice(0, 4_000)).replace(/\s+/g, ' ').trim()
  return clean.length <= 500 ? clean : `${clean.slice(0, 499)}…`
}

export function answerOf(status: number, headers: Headers, body: string): UpstreamAnswer {
  return { status, contentType: headers['content-type'] ?? 'application/json', body }
}
