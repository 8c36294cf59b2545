// The routing settings as they are now: read once from the store, replaced whole by each change, so that the engine never sees half.
import type { JsonValue } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import type { RoutingSettings } from '../core/settings.ts'
import { routingSetting } from '../store/configuration.ts'
import type { Settings } from '../store/settings.ts'
import type { AdminContext } from './context.ts'
import type { MethodOutput, MethodParsed } from './contract.ts'
import { type RoutingSection, readRoutingSettings } from './routing-settings.ts'

export interface RoutingBook {
  /** The same object until something changes. */
  readonly current: () => RoutingSettings
  /** Reads them anew, after the store was changed by other means. */
  reload(): void
  /** Replaces the named sections; resolves when that is on disk. Already checked. */
  put(patch: { readonly [S in RoutingSection]?: RoutingSettings[S] | undefined }): Promise<RoutingSettings>
}

export function openRoutingBook(store: Settings, log: Log): RoutingBook {
  const read = (): RoutingSettings => {
    const { settings, damaged } = readRoutingSettings(store.get(routingSetting))
    if (damaged.length > 0) {
      log.warn(`These routing settings could not be read and stand at their defaults: ${damaged.join(', ')}.`)
    }
    return settings
  }
  let current = read()
  return {
    current: () => current,
    reload() {
      current = read()
    },
    async put(patch) {
      const changed = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      const next: RoutingSettings = { ...current, ...changed }
      const written = store.put(routingSetting, structuredClone(next) as unknown as JsonValue)
      current = next
      await written
      return next
    },
  }
}

export function viewSettings(settings: RoutingSettings): MethodOutput<'settings.get'> {
  // The engine's value is read-only all the way down, the contract's is not: what goes out is a copy.
  return structuredClone(settings) as MethodOutput<'settings.get'>
}

export async function putSettings(
  context: AdminContext,
  patch: MethodParsed<'settings.put'>,
): Promise<MethodOutput<'settings.put'>> {
  const next = await context.routing.put(patch)
  context.rebuild()
  context.emit({ event: 'settings.changed', data: {} })
  // Their cards say which proxy applies.
  if (patch.network) context.emit({ event: 'accounts.changed', data: {} })
  context.emit({ event: 'models.changed', data: {} })
  return viewSettings(next)
}
