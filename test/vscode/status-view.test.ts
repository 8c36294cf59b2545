// The status bar says every state in words and takes a colour only when the user has to act.
import assert from 'node:assert/strict'
import { GatewayError } from '../../src/core/errors.ts'
import { english } from '../../src/vscode/localizer.ts'
import { statusView } from '../../src/vscode/status-view.ts'

const running = { kind: 'running', role: 'leader', endpoint: 'http://127.0.0.1:20128' } as const

describe('status bar', () => {
  it('is calm while all is well, and names the last model', () => {
    const view = statusView({ state: running, models: 12, needKey: [], lastModel: 'groq/llama' }, english)
    assert.equal(view.text, '$(broadcast) OmniRoute')
    assert.equal(view.label, 'OmniRoute: running')
    assert.equal(view.background, undefined)
    assert.deepEqual(view.lines, ['Running at http://127.0.0.1:20128', '12 models', 'Last answer by groq/llama'])
  })

  it('names the tightest quota after the last model', () => {
    const tightestQuota = 'Tightest quota: Groq, requests/day, 4% left'
    const { lines, background } = statusView(
      { state: running, models: 1, needKey: [], lastModel: 'groq/llama', tightestQuota },
      english,
    )
    assert.deepEqual(lines.slice(-2), ['Last answer by groq/llama', tightestQuota])
    assert.equal(background, undefined)
  })

  it('tells a window that uses the gateway of another one', () => {
    const view = statusView({ state: { ...running, role: 'follower' }, models: 1, needKey: [] }, english)
    assert.equal(view.label, 'OmniRoute: running in another window')
    assert.deepEqual(view.lines, ['Using the gateway of another window at http://127.0.0.1:20128', '1 model'])
  })

  it('warns when a key is missing and when the storage has something to say', () => {
    const key = statusView({ state: running, models: 0, needKey: ['Groq'] }, english)
    assert.equal(key.background, 'warning')
    assert.ok(key.lines.includes('Groq needs a key in this editor'))
    const storage = statusView(
      { state: running, models: 0, needKey: [], notice: 'A damaged file was set aside.' },
      english,
    )
    assert.equal(storage.background, 'warning')
    assert.ok(storage.lines.includes('A damaged file was set aside.'))
  })

  it('warns when another program holds the port, because tools are set to it', () => {
    const state = { ...running, endpoint: 'http://127.0.0.1:20129', movedFrom: 20_128 }
    const view = statusView({ state, models: 0, needKey: [] }, english)
    assert.equal(view.background, 'warning')
    assert.equal(view.text, '$(warning) OmniRoute: at port 20129')
    assert.ok(view.lines.includes('Port 20128 is held by another program.'))
  })

  it('shows a failed start in the colour of errors, with what to do', () => {
    const error = new GatewayError('upstream_unreachable', 'Port 20128 is taken')
    const view = statusView({ state: { kind: 'failed', error }, models: 0, needKey: [] }, english)
    assert.equal(view.background, 'error')
    assert.match(view.lines[0] ?? '', /^\[upstream_unreachable\] Port 20128 is taken\. Check/)
  })

  for (const state of [{ kind: 'starting' }, { kind: 'reconnecting', because: 'gone' }] as const) {
    it(`takes no colour while ${state.kind}`, () => {
      const view = statusView({ state, models: 0, needKey: [] }, english)
      assert.equal(view.background, undefined)
      assert.match(view.text, /~spin\) OmniRoute: /)
    })
  }

  it('warns of a leader that hangs, and says what to do about it', () => {
    const view = statusView({ state: { kind: 'reconnecting', because: 'silent' }, models: 0, needKey: [] }, english)
    assert.equal(view.background, 'warning')
    assert.equal(view.label, 'OmniRoute: no answer')
    assert.match(view.lines.join(' '), /end its process/)
  })

  it('asks for a reload when the gateway runs in a newer version', () => {
    const state = { kind: 'outdated', endpoint: 'http://127.0.0.1:20128', version: '9.0.0' } as const
    const view = statusView({ state, models: 0, needKey: [] }, english)
    assert.equal(view.background, 'warning')
    assert.equal(view.label, 'OmniRoute: reload this window')
    assert.match(view.lines.join(' '), /version 9\.0\.0 .* Reload it/)
  })

  it('tells another OmniRoute on the port from any other program', () => {
    const state = { ...running, endpoint: 'http://127.0.0.1:20129', movedFrom: 20_128, heldBy: 'omniroute' } as const
    const { lines } = statusView({ state, models: 0, needKey: [] }, english)
    assert.ok(lines.includes('Port 20128 is held by an OmniRoute with other data.'))
  })

  it('takes no colour when the user stopped it', () => {
    const view = statusView({ state: { kind: 'stopped', byUser: true }, models: 0, needKey: [] }, english)
    assert.equal(view.background, undefined)
    assert.equal(view.label, 'OmniRoute: stopped')
  })
})
