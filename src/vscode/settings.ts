// The settings of `omniroute.*`, read and checked. A value that cannot be used falls back to its default and is reported once.
import type { EditorProxy } from '../core/proxy.ts'
import type { GatewaySettings } from '../gateway.ts'

export interface EditorSettings {
  readonly autoStart: boolean
  readonly gateway: GatewaySettings
}

/** Number settings with the bounds that the manifest states, too; a test holds the two together. */
export const numberSettings = {
  port: { key: 'server.port', fallback: 20_128, minimum: 1_024, maximum: 65_535 },
  bodyLimitMb: { key: 'server.bodyLimitMb', fallback: 64, minimum: 1, maximum: 1_024 },
  logRows: { key: 'logs.rows', fallback: 10_000, minimum: 100, maximum: 1_000_000 },
} as const satisfies Record<Exclude<keyof GatewaySettings, 'editorProxy'>, NumberSetting>

export const autoStartSetting = { key: 'server.autoStart', fallback: true } as const

interface NumberSetting {
  readonly key: string
  readonly fallback: number
  readonly minimum: number
  readonly maximum: number
}

/**
 * Reads every setting through `get` (keys relative to `omniroute`). `problems` has a line for each value that was replaced.
 */
export function readSettings(get: (key: string) => unknown): { settings: EditorSettings; problems: string[] } {
  const problems: string[] = []
  const number = (setting: NumberSetting): number => {
    const value = get(setting.key)
    if (value === undefined || value === null) return setting.fallback
    if (Number.isInteger(value) && Number(value) >= setting.minimum && Number(value) <= setting.maximum) {
      return Number(value)
    }
    problems.push(
      `omniroute.${setting.key} must be a whole number from ${setting.minimum} to ${setting.maximum}; using ${setting.fallback}.`,
    )
    return setting.fallback
  }
  const autoStart = get(autoStartSetting.key) ?? autoStartSetting.fallback
  if (typeof autoStart !== 'boolean') {
    problems.push(`omniroute.${autoStartSetting.key} must be true or false; using ${autoStartSetting.fallback}.`)
  }
  return {
    settings: {
      autoStart: typeof autoStart === 'boolean' ? autoStart : autoStartSetting.fallback,
      gateway: {
        port: number(numberSettings.port),
        bodyLimitMb: number(numberSettings.bodyLimitMb),
        logRows: number(numberSettings.logRows),
      },
    },
    problems,
  }
}

/** The editor's own proxy, from its settings `http.*`. Who turned its support off there wants none for extensions. */
export function readEditorProxy(get: (key: string) => unknown): EditorProxy {
  const proxy = get('proxy')
  const exempt = get('noProxy')
  if (typeof proxy !== 'string' || proxy.trim() === '' || get('proxySupport') === 'off') return {}
  const noProxy = Array.isArray(exempt) ? exempt.filter((host) => typeof host === 'string') : []
  return { proxy: proxy.trim(), ...(noProxy.length > 0 ? { noProxy } : {}) }
}
