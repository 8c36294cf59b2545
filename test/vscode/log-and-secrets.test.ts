// The window's log never holds a secret; the secrets port reports changes of other windows only.
import assert from 'node:assert/strict'
import { createLog } from '../../src/vscode/log.ts'
import { secretStoreOf } from '../../src/vscode/secrets.ts'

describe('window log', () => {
  it('redacts before anything sees a line, and keeps the newest lines from info up', () => {
    const lines: string[] = []
    const write = (message: string) => void lines.push(message)
    const log = createLog({ debug: write, info: write, warn: write, error: write }, () => 5)
    log.debug('debug sk-planted-0123456789')
    log.warn('authorization: Bearer planted-0123456789')
    for (let index = 0; index < 300; index += 1) log.info(`line ${index}`)
    assert.doesNotMatch(lines.join('\n'), /planted/)
    assert.equal(log.recent().length, 200)
    assert.deepEqual(log.recent().at(-1), { at: 5, level: 'info', message: 'line 299' })
  })
})

describe('closed window log', () => {
  it('leaves a channel alone that is gone', () => {
    const refuse = () => {
      throw new Error('Channel has been closed')
    }
    const log = createLog({ debug: refuse, info: refuse, warn: refuse, error: refuse })
    assert.throws(() => log.info('x'))
    log.close()
    log.debug('y')
    log.info('z')
    assert.equal(log.recent().at(-1)?.message, 'z')
  })
})

describe('secrets port', () => {
  function storage() {
    const values = new Map<string, string>()
    const listeners = new Set<(event: { key: string }) => unknown>()
    const tell = async (key: string) => {
      for (const listener of listeners) await listener({ key })
    }
    return {
      values,
      listeners,
      get: async (key: string) => values.get(key),
      store: async (key: string, value: string) => {
        values.set(key, value)
        await tell(key)
      },
      delete: async (key: string) => {
        values.delete(key)
        await tell(key)
      },
      onDidChange: (listener: (event: { key: string }) => unknown) => {
        listeners.add(listener)
        return { dispose: () => listeners.delete(listener) }
      },
    }
  }

  it('reads, writes and deletes', async () => {
    const store = secretStoreOf(storage())
    await store.set('account:1', 'secret')
    assert.equal(await store.get('account:1'), 'secret')
    await store.delete('account:1')
    assert.equal(await store.get('account:1'), undefined)
  })

  it('reports a change that it can not read, instead of failing where nobody hears it', async () => {
    const shared = storage()
    const heard: string[] = []
    secretStoreOf({ ...shared, get: () => Promise.reject(new Error('locked')) }).onDidChange((id) => heard.push(id))
    await shared.store('account:1', 'of another window')
    assert.deepEqual(heard, ['account:1'])
  })

  it('reports what another window changed and not what this one did', async () => {
    const shared = storage()
    const store = secretStoreOf(shared)
    const heard: string[] = []
    const stop = store.onDidChange((id) => heard.push(id))
    await store.set('account:1', 'mine')
    await store.delete('account:2')
    assert.deepEqual(heard, [])
    await shared.store('account:1', 'of another window')
    assert.deepEqual(heard, ['account:1'])
    stop()
    await shared.store('account:1', 'unheard')
    assert.deepEqual(heard, ['account:1'])
    assert.equal(shared.listeners.size, 0)
  })
})
