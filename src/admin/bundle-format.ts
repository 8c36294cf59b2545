// The file that export writes and import reads: plain JSON with everything but secrets, which stand in it encrypted or not at all.
import * as z from 'zod'
import { GatewayError } from '../core/errors.ts'
import { normalizeBaseUrl } from '../providers/base-url.ts'
import { openSecrets, sealedSecrets } from './bundle-seal.ts'
import { accountInput, comboView } from './contract.ts'
import { routingPatch } from './routing-settings.ts'

const id = z.string().min(1).max(200)
const tokens = z.number().int().positive().exactOptional()
const flag = z.boolean().exactOptional()

export const modelInfo = z.object({
  id: z.string().min(1).max(300),
  name: z.string().max(300).exactOptional(),
  limits: z.object({ contextWindow: tokens, maxOutput: tokens }),
  capabilities: z.object({ tools: flag, vision: flag, reasoning: flag, structuredOutput: flag }),
})

const { provider, label, prefix, tier, baseUrl } = accountInput.shape

/** As strict as where addresses are typed in: neither a password nor a key can stand in one. */
const address = baseUrl.unwrap().refine(isBaseUrl, 'is no base URL')

const bundleAccount = z.object({
  id,
  provider,
  label: label.unwrap(),
  prefix: prefix.unwrap(),
  tier: tier.unwrap(),
  enabled: z.boolean(),
  baseUrl: address.exactOptional(),
  /** Names of the headers it sends; values are secrets. */
  headers: z.array(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/)).max(100),
  order: z.number().int(),
  createdAt: z.number(),
})
export type BundleAccount = z.infer<typeof bundleAccount>

const plainBundle = z.object({
  omniroute: z.literal('bundle'),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  by: z.string().max(100),
  accounts: z.array(bundleAccount).max(1000),
  models: z
    .array(z.object({ account: id, source: z.enum(['live', 'user']), models: z.array(modelInfo).max(10_000) }))
    .max(2000),
  combos: z.array(comboView).max(1000),
  routing: routingPatch,
})
export type PlainBundle = z.infer<typeof plainBundle>

const accountSecrets = z.object({
  key: z.string().min(1).max(100_000).exactOptional(),
  headers: z.record(z.string(), z.string().max(4000)).exactOptional(),
})
export type AccountSecrets = z.infer<typeof accountSecrets>
export const bundleSecrets = z.object({ accounts: z.record(id, accountSecrets) })

export interface Bundle extends PlainBundle {
  /** By account; empty unless they could be read. */
  readonly opened: Readonly<Record<string, AccountSecrets>>
  readonly secretsAre: 'none' | 'locked' | 'open'
}

/** Rejects with what is wrong in words. Without a passphrase secrets stay locked. */
export async function readBundle(text: string, passphrase: string | undefined): Promise<Bundle> {
  const file = z.record(z.string(), z.unknown()).safeParse(parseJson(text)).data
  if (file === undefined || file['omniroute'] !== 'bundle') {
    throw refusal('This is no file that OmniRoute has exported.')
  }
  if (typeof file['version'] === 'number' && file['version'] > 1) {
    throw refusal('This file was exported by a newer version of OmniRoute; update OmniRoute first.')
  }
  const { secrets, ...rest } = file
  const plain = plainBundle.safeParse(rest)
  if (!plain.success) {
    const [issue] = plain.error.issues
    throw refusal(`The file is damaged: ${(issue?.path ?? []).join('.')}: ${issue?.message ?? 'is not valid'}`)
  }
  const bundle = plain.data
  refuseTwice('accounts', bundle.accounts)
  refuseTwice('combos', bundle.combos)
  if (secrets === undefined) return { ...bundle, opened: {}, secretsAre: 'none' }
  const sealed = sealedSecrets.safeParse(secrets)
  if (!sealed.success) throw refusal('The file is damaged: its secrets are not in the expected form.')
  if (passphrase === undefined || passphrase === '') return { ...bundle, opened: {}, secretsAre: 'locked' }
  const opened = bundleSecrets.safeParse(await openSecrets(rest, sealed.data, passphrase))
  if (!opened.success) throw refusal('The secrets in the file are not in the expected form.')
  return { ...bundle, opened: opened.data.accounts, secretsAre: 'open' }
}

function refuseTwice(what: string, records: readonly { readonly id: string }[]): void {
  if (new Set(records.map((record) => record.id)).size < records.length) {
    throw refusal(`The file is damaged: two of its ${what} have the same id.`)
  }
}

function isBaseUrl(text: string): boolean {
  try {
    return normalizeBaseUrl(text, 'openai-chat') !== ''
  } catch {
    return false
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { parameter: 'text' })
}
