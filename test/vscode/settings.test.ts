// Settings as read, and their agreement with the manifest and with the gateway's own defaults.
import assert from 'node:assert/strict'
import { defaultSettings } from '../../src/gateway.ts'
import { mcpServerSetting } from '../../src/vscode/mcp/setting.ts'
import { chosenModelsSetting } from '../../src/vscode/models/chosen.ts'
import { noticeSettings } from '../../src/vscode/notices/settings.ts'
import { autoStartSetting, numberSettings, readEditorProxy, readSettings } from '../../src/vscode/settings.ts'
import { syncSetting } from '../../src/vscode/sync/storage.ts'
import { contributedSettings } from './manifest.ts'

describe('settings', () => {
  it('take what is set', () => {
    const values: Record<string, unknown> = {
      'server.port': 30_000,
      'server.autoStart': false,
      'server.bodyLimitMb': 8,
      'logs.rows': 500,
    }
    assert.deepEqual(
      readSettings((key) => values[key]),
      {
        settings: { autoStart: false, gateway: { port: 30_000, bodyLimitMb: 8, logRows: 500 } },
        problems: [],
      },
    )
  })

  it('take over the proxy of the editor, with the hosts that it leaves out', () => {
    const read = (values: Record<string, unknown>) => readEditorProxy((key) => values[key])
    const proxy = 'http://proxy.example:3128'
    assert.deepEqual(read({ proxy, noProxy: ['a.example', 7] }), { proxy, noProxy: ['a.example'] })
    assert.deepEqual(read({ proxy: ` ${proxy} `, proxySupport: 'override', noProxy: [] }), { proxy })
    for (const none of [{}, { proxy: '' }, { proxy: 7 }, { proxy, proxySupport: 'off' }])
      assert.deepEqual(read(none), {})
  })

  it('fall back to the defaults of the gateway', () => {
    const { settings, problems } = readSettings(() => undefined)
    assert.deepEqual(settings.gateway, defaultSettings)
    assert.equal(settings.autoStart, true)
    assert.deepEqual(problems, [])
  })

  for (const value of ['80', 0, 70_000, 1.5, Number.NaN, {}, true]) {
    it(`replace the port ${JSON.stringify(value)} and say so once`, () => {
      const { settings, problems } = readSettings((key) => (key === 'server.port' ? value : undefined))
      assert.equal(settings.gateway.port, defaultSettings.port)
      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', /omniroute\.server\.port.*1024.*65535/)
    })
  }

  it('have the same bounds and defaults in the manifest, and machine scope', () => {
    const contributed = contributedSettings()
    const ours = [
      ...Object.values(numberSettings),
      ...Object.values(noticeSettings),
      autoStartSetting,
      chosenModelsSetting,
      syncSetting,
      mcpServerSetting,
    ]
    assert.deepEqual(Object.keys(contributed).sort(), ours.map(({ key }) => `omniroute.${key}`).sort())
    for (const setting of Object.values(numberSettings)) {
      const { default: fallback, minimum, maximum, scope } = contributed[`omniroute.${setting.key}`] ?? {}
      assert.deepEqual(
        { fallback, minimum, maximum, scope },
        { fallback: setting.fallback, minimum: setting.minimum, maximum: setting.maximum, scope: 'machine' },
      )
    }
    assert.deepEqual(
      [
        contributed[`omniroute.${syncSetting.key}`]?.['default'],
        contributed[`omniroute.${syncSetting.key}`]?.['scope'],
      ],
      [syncSetting.fallback, 'machine'],
    )
    const { default: chosen, scope } = contributed[`omniroute.${chosenModelsSetting.key}`] ?? {}
    assert.deepEqual({ chosen, scope }, { chosen: chosenModelsSetting.fallback, scope: 'application' })
  })
})
