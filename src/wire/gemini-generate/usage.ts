// Token counts of the Gemini wire to the canonical ones and back. `promptTokenCount` includes cached tokens, thoughts are
// counted beside the candidates' tokens (rule 129).
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { totalInput } from '../../core/usage.ts'
import { countOf } from '../json-text.ts'

export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const prompt = countOf(value['promptTokenCount'])
  const toolPrompt = countOf(value['toolUsePromptTokenCount']) ?? 0
  const cached = countOf(value['cachedContentTokenCount'])
  const thoughts = countOf(value['thoughtsTokenCount'])
  const candidates = countOf(value['candidatesTokenCount'])
  return {
    input: prompt === null ? null : Math.max(0, prompt + toolPrompt - (cached ?? 0)),
    cacheRead: cached,
    cacheWrite: null,
    output: candidates === null && thoughts === null ? null : (candidates ?? 0) + (thoughts ?? 0),
    reasoning: thoughts,
  }
}

/** Unknown numbers are left out: every field of this message is optional. */
export function writeUsage(usage: Usage): JsonObject {
  const prompt = totalInput(usage)
  const candidates = usage.output === null ? null : Math.max(0, usage.output - (usage.reasoning ?? 0))
  return {
    ...(prompt === null ? {} : { promptTokenCount: prompt }),
    ...(usage.cacheRead === null ? {} : { cachedContentTokenCount: usage.cacheRead }),
    ...(candidates === null ? {} : { candidatesTokenCount: candidates }),
    ...(usage.reasoning === null ? {} : { thoughtsTokenCount: usage.reasoning }),
    ...(prompt === null && usage.output === null ? {} : { totalTokenCount: (prompt ?? 0) + (usage.output ?? 0) }),
  }
}
