// Takes secrets out of text before it reaches a log, a webview or an error message.

const secretShapes: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|nvapi|omr|omra|hf|ghp|gho|ghu|ghs|github_pat|AIza)[-_][A-Za-z0-9_-]{6,}/g,
  /\bAIza[A-Za-z0-9_-]{10,}/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/g,
]

const secretFields =
  /((?:api[-_]?key|x-api-key|x-goog-api-key|authorization|access[-_]?token|refresh[-_]?token|client[-_]?secret|password|[?&]key)["']?\s*[:=]\s*["']?(?:(?:Bearer|Basic)\s+)?)([^\s"'&,}]{4,})/gi

/** Replaces anything that looks like a key, token or password by `[redacted]`. Idempotent. */
export function redact(text: string): string {
  let result = text.replace(secretFields, (_, label: string) => `${label}[redacted]`)
  for (const shape of secretShapes) result = result.replace(shape, '[redacted]')
  return result
}
