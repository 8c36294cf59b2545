// Pages may ask what the contract names and nothing else, and see of the answers what it names and nothing else.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import { answerCall, eventMessage, type RpcContext } from '../../../src/vscode/dashboard/rpc.ts'
import { english } from '../../../src/vscode/localizer.ts'
import { FakeGateway } from '../fake-gateway.ts'

function contextOf(gateway: FakeGateway | undefined): RpcContext & { warnings: string[] } {
  const warnings: string[] = []
  const windowFacts = () => ({ workspaceFolders: ['/work'], extensions: { 'a.b': '1.0.0' }, profiles: {} })
  return {
    client: async () => gateway,
    windowFacts,
    l10n: english,
    warn: (message) => warnings.push(message),
    warnings,
  }
}

const key = { id: 'k1', name: 'Tool', tail: 'abcd', createdAt: 1 }

describe('calls of the dashboard', () => {
  it('are answered, without the fields the contract does not name', async () => {
    const gateway = new FakeGateway({ 'keys.list': [{ ...key, hash: 'planted' } as typeof key] })
    const answer = await answerCall({ id: 7, method: 'keys.list', params: {} }, contextOf(gateway))
    assert.deepEqual(answer, { id: 7, result: [key] })
  })

  it('reach the gateway with their input filled in by the contract', async () => {
    const gateway = new FakeGateway({ 'requests.page': { rows: [], total: 0 } })
    await answerCall({ id: 1, method: 'requests.page', params: { unknown: true } }, contextOf(gateway))
    assert.deepEqual(gateway.calls, [{ method: 'requests.page', input: { limit: 100 } }])
  })

  for (const message of [undefined, 'text', { method: 'keys.list' }, { id: 'x', method: 'keys.list', params: {} }]) {
    it(`are left alone when they are none: ${JSON.stringify(message)}`, async () => {
      assert.equal(await answerCall(message, contextOf(new FakeGateway())), undefined)
    })
  }

  for (const method of ['keys.steal', '__proto__', 'constructor', 'toString']) {
    it(`are refused when there is no method ${method}`, async () => {
      const gateway = new FakeGateway()
      const answer = await answerCall({ id: 1, method, params: {} }, contextOf(gateway))
      assert.ok(answer !== undefined && 'error' in answer && answer.error.code === 'unknown_path')
      assert.deepEqual(gateway.calls, [])
    })
  }

  it('are told what the window knows, whatever the page says of it', async () => {
    const problem = { kind: 'unsupported' as const, says: { text: 'No.', values: [] } }
    const gateway = new FakeGateway({ 'tools.previewTakeBack': { kind: 'problem', problem } })
    const params = { tool: 'codex', window: { workspaceFolders: ['/forged'] } }
    await answerCall({ id: 1, method: 'tools.previewTakeBack', params }, contextOf(gateway))
    const window = { workspaceFolders: ['/work'], extensions: { 'a.b': '1.0.0' }, profiles: {} }
    assert.deepEqual(gateway.calls, [{ method: 'tools.previewTakeBack', input: { tool: 'codex', window } }])
  })

  it('never get whole texts of files', async () => {
    const gateway = new FakeGateway({ 'tools.texts': { files: [{ path: '/x', after: 'planted' }] } })
    const answer = await answerCall({ id: 1, method: 'tools.texts', params: { id: 'x' } }, contextOf(gateway))
    assert.ok(answer !== undefined && 'error' in answer && answer.error.code === 'unknown_path')
    assert.deepEqual(gateway.calls, [])
  })

  it('are refused with the wrong field named, before the gateway hears of them', async () => {
    const gateway = new FakeGateway()
    const answer = await answerCall({ id: 1, method: 'accounts.test', params: { id: '' } }, contextOf(gateway))
    assert.ok(answer !== undefined && 'error' in answer)
    assert.match(answer.error.message, /^id: /)
    assert.deepEqual(gateway.calls, [])
  })

  it('fail with the cause and the next step, and without secrets', async () => {
    const gateway = new FakeGateway({
      'keys.list': () => {
        throw new GatewayError('shutting_down', 'stopping with Bearer planted-0123456789')
      },
    })
    const answer = await answerCall({ id: 1, method: 'keys.list', params: {} }, contextOf(gateway))
    assert.deepEqual(answer, {
      id: 1,
      error: {
        code: 'shutting_down',
        message: 'stopping with [redacted].',
        nextStep: 'The gateway is stopping; send the request again in a moment.',
      },
    })
  })

  it('say so when the user has stopped the gateway', async () => {
    const answer = await answerCall({ id: 1, method: 'keys.list', params: {} }, contextOf(undefined))
    assert.ok(answer !== undefined && 'error' in answer && answer.error.code === 'stopped')
  })

  it('never get an answer that does not fit the contract', async () => {
    const context = contextOf(new FakeGateway({ 'keys.list': [{ secret: 'planted' } as never] }))
    const answer = await answerCall({ id: 1, method: 'keys.list', params: {} }, context)
    assert.ok(answer !== undefined && 'error' in answer)
    assert.doesNotMatch(JSON.stringify(answer), /planted/)
    assert.equal(context.warnings.length, 1)
  })
})

describe('events for the dashboard', () => {
  it('are forwarded by the contract', () => {
    assert.deepEqual(eventMessage({ event: 'keys.changed', data: { extra: 1 } as never }), {
      event: 'keys.changed',
      data: {},
    })
    assert.equal(eventMessage({ event: 'requests.added', data: {} as never }), undefined)
  })
})
