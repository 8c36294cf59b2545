// The schema of everything a user may lay down about routing. Checks what comes from pages, commands, config files and the store.
import * as z from 'zod'
import { reasoningLevels } from '../core/routing.ts'

export const reasoningMode = z.union([
  z.object({ mode: z.enum(['passthrough', 'off', 'adaptive']) }),
  z.object({ mode: z.literal('level'), level: z.enum(reasoningLevels) }),
  z.object({ mode: z.literal('budget'), tokens: z.number().int().min(0).max(1_000_000) }),
])

export const memberOverrides = z.object({
  reasoning: reasoningMode.exactOptional(),
  maxOutputTokens: z.number().int().min(1).max(10_000_000).exactOptional(),
  temperature: z.number().min(0).max(2).exactOptional(),
})
