// Our profile in another extension: made, put in use, taken back to what was in use before, and never over one that isn't ours.
import assert from 'node:assert/strict'
import { keyPlaceholder } from '../../../src/admin/contract-tools.ts'
import { english } from '../../../src/vscode/localizer.ts'
import type { Memory } from '../../../src/vscode/models/catalogue.ts'
import {
  type ProfileApi,
  ProfileRefusal,
  profileFacts,
  putProfile,
  readProfileApi,
  takeProfileBack,
} from '../../../src/vscode/tools/profiles.ts'

/** As Roo Code exports it: a class whose methods need their object. */
class Roo implements ProfileApi {
  readonly profiles = new Map<string, object>([['mine', {}]])
  active: string | undefined = 'mine'

  getProfiles(): string[] {
    return [...this.profiles.keys()]
  }
  getActiveProfile(): string | undefined {
    return this.active
  }
  async upsertProfile(name: string, settings: object, activate: boolean): Promise<string> {
    this.profiles.set(name, settings)
    if (activate) this.active = name
    return 'id'
  }
  async deleteProfile(name: string): Promise<void> {
    this.profiles.delete(name)
    if (this.active === name) this.active = [...this.profiles.keys()][0]
  }
  async setActiveProfile(name: string): Promise<string> {
    this.active = name
    return name
  }
}

function memoryOf(): Memory {
  const kept = new Map<string, unknown>()
  return {
    get: (key) => kept.get(key),
    update: async (key, value) => void kept.set(key, structuredClone(value)),
  }
}

const profile = { name: 'OmniRoute', settings: { openAiApiKey: keyPlaceholder, openAiModelId: 'auto' } }

describe('a profile in another extension', () => {
  let roo: Roo
  let memory: Memory

  beforeEach(() => {
    roo = new Roo()
    memory = memoryOf()
  })

  const put = (activate: boolean) =>
    putProfile('roo-code', { profile, key: 'omr-real', activate }, roo, memory, english)

  it('is added with the key in its place, without being put in use', async () => {
    await put(false)
    assert.deepEqual(roo.profiles.get('OmniRoute'), { openAiApiKey: 'omr-real', openAiModelId: 'auto' })
    assert.equal(roo.active, 'mine')
    assert.deepEqual(profileFacts('roo-code', roo, memory), { isAdded: true, isActive: false })
    await takeProfileBack('roo-code', undefined, roo, memory)
    assert.deepEqual([[...roo.profiles.keys()], roo.active], [['mine'], 'mine'])
    assert.deepEqual(profileFacts('roo-code', roo, memory), { isAdded: false, isActive: false })
  })

  it('gives its place back to the one that was in use before, also after it was put twice', async () => {
    roo.profiles.set('other', {})
    roo.active = 'other'
    await put(true)
    await put(true)
    assert.deepEqual(profileFacts('roo-code', roo, memory), { isAdded: true, isActive: true })
    await takeProfileBack('roo-code', 'default', roo, memory)
    assert.deepEqual([roo.active, roo.profiles.has('OmniRoute')], ['other', true])
    await takeProfileBack('roo-code', 'add', roo, memory)
    assert.deepEqual([roo.active, roo.profiles.has('OmniRoute')], ['other', false])
  })

  it('leaves what the person has put in use since', async () => {
    roo.profiles.set('other', {})
    await put(true)
    roo.active = 'other'
    await takeProfileBack('roo-code', undefined, roo, memory)
    assert.equal(roo.active, 'other')
  })

  it('copes with a former profile, or its own, that is gone', async () => {
    await put(true)
    roo.profiles.delete('mine')
    await takeProfileBack('roo-code', 'default', roo, memory)
    assert.equal(roo.active, 'OmniRoute')
    roo.profiles.delete('OmniRoute')
    await takeProfileBack('roo-code', undefined, roo, memory)
    await takeProfileBack('roo-code', undefined, roo, memory)
    assert.deepEqual(profileFacts('roo-code', roo, memory), { isAdded: false, isActive: false })
  })

  it('never takes the name of one that is not ours', async () => {
    roo.profiles.set('OmniRoute', { mine: true })
    await assert.rejects(put(true), ProfileRefusal)
    assert.deepEqual([roo.profiles.get('OmniRoute'), roo.active], [{ mine: true }, 'mine'])
    assert.deepEqual(profileFacts('roo-code', roo, memory), { isAdded: false, isActive: false })
  })

  it('needs an API of the right shape', () => {
    assert.equal(readProfileApi(roo), roo)
    for (const exported of [undefined, null, {}, 'text', { ...roo, getProfiles: 7 }])
      assert.equal(readProfileApi(exported), undefined)
  })

  it('asks nothing of nonsense that the extension or the memory gives', () => {
    const odd = Object.assign(new Roo(), { getProfiles: () => 7, getActiveProfile: () => ({}) })
    const broken: Memory = { get: () => 'nonsense', update: async () => undefined }
    assert.deepEqual(profileFacts('roo-code', odd, broken), { isAdded: false, isActive: false })
  })
})
