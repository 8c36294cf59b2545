// Our profile in a tool that takes profiles through the API of its editor extension (Roo Code, Zoo Code), and taking it away again.
// Pure but for that API and the window's memory, where it is kept which profile was in use before.
import * as z from 'zod'
import { keyPlaceholder, type ToolAction, type WindowFacts } from '../../admin/contract-tools.ts'
import type { Localizer } from '../localizer.ts'
import type { Memory } from '../models/catalogue.ts'

/** Why it can't be done, in words for a person. */
export class ProfileRefusal extends Error {
  override readonly name = 'ProfileRefusal'
}

/** The part of the exported API that is used. */
export interface ProfileApi {
  getProfiles(): unknown
  getActiveProfile(): unknown
  upsertProfile(name: string, settings: object, activate: boolean): Promise<unknown>
  deleteProfile(name: string): Promise<unknown>
  setActiveProfile(name: string): Promise<unknown>
}

export interface Profile {
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
}

const memoryKey = 'tools.profiles.v1'
const method = z.custom((value) => typeof value === 'function')
const apiSchema = z.looseObject({
  getProfiles: method,
  getActiveProfile: method,
  upsertProfile: method,
  deleteProfile: method,
  setActiveProfile: method,
})
const names = z.array(z.string()).catch([])
const name = z.string().optional().catch(undefined)
const keptSchema = z.record(z.string(), z.object({ name: z.string(), former: z.string().optional() })).catch({})

/** What an extension exports, if it is that API. The very object, as its methods may need their `this`. */
export function readProfileApi(exported: unknown): ProfileApi | undefined {
  return apiSchema.safeParse(exported).success ? (exported as ProfileApi) : undefined
}

/** Ours is a profile that we made and that is still there. */
export function profileFacts(tool: string, api: ProfileApi, memory: Memory): WindowFacts['profiles'][string] {
  const ours = keptIn(memory)[tool]
  const isAdded = ours !== undefined && names.parse(api.getProfiles()).includes(ours.name)
  return { isAdded, isActive: isAdded && name.parse(api.getActiveProfile()) === ours.name }
}

/** Throws a ProfileRefusal where a profile of the same name isn't ours. */
export async function putProfile(
  tool: string,
  { profile, key, activate }: { readonly profile: Profile; readonly key: string; readonly activate: boolean },
  api: ProfileApi,
  memory: Memory,
  l10n: Localizer,
): Promise<void> {
  const kept = keptIn(memory)
  const ours = kept[tool]
  if (ours?.name !== profile.name && names.parse(api.getProfiles()).includes(profile.name)) {
    throw new ProfileRefusal(
      l10n.t('There is a profile "{0}" already that OmniRoute did not make. Rename it first.', profile.name),
    )
  }
  const active = name.parse(api.getActiveProfile())
  const former = active === profile.name ? ours?.former : active
  // Noted first, so that it can be taken back whatever happens then.
  await memory.update(memoryKey, {
    ...kept,
    [tool]: { name: profile.name, ...(former === undefined ? {} : { former }) },
  })
  const settings: object = JSON.parse(JSON.stringify(profile.settings).replaceAll(keyPlaceholder, key))
  await api.upsertProfile(profile.name, settings, activate)
}

/** `default` puts the profile of before in use again; `add` takes ours away, too. */
export async function takeProfileBack(
  tool: string,
  action: ToolAction | undefined,
  api: ProfileApi,
  memory: Memory,
): Promise<void> {
  const { [tool]: ours, ...others } = keptIn(memory)
  if (!ours) return
  const present = names.parse(api.getProfiles())
  const isActive = name.parse(api.getActiveProfile()) === ours.name
  if (isActive && ours.former !== undefined && present.includes(ours.former)) await api.setActiveProfile(ours.former)
  if (action === 'default') return
  if (present.includes(ours.name)) await api.deleteProfile(ours.name)
  await memory.update(memoryKey, others)
}

function keptIn(memory: Memory): z.infer<typeof keptSchema> {
  return keptSchema.parse(memory.get(memoryKey) ?? {})
}
