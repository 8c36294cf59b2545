// The official clients straight at the fakes: what they accept here is what a vendor would have sent them.
import { anthropicSuite } from '../clients/anthropic-suite.ts'
import { googleSuite } from '../clients/google-suite.ts'
import { openaiSuite } from '../clients/openai-suite.ts'
import type { Place } from '../clients/place.ts'
import { startFake } from './start.ts'

describe('official clients at the fakes', () => {
  let place: Place
  const key = 'sk-fake-upstream'

  before(async () => {
    const keys = { 'openai-chat': key, 'openai-responses': key, 'anthropic-messages': key, 'gemini-generate': key }
    const fake = await startFake({ keys })
    place = { url: fake.url, key, fake, model: (name) => name }
  })
  after(() => place?.fake.stop())
  afterEach(() => place.fake.control({ forget: true }))

  describe('openai', () => openaiSuite(() => place))
  describe('@anthropic-ai/sdk', () => anthropicSuite(() => place))
  describe('@google/genai', () => googleSuite(() => place))
  describe('@google/genai, v1beta', () => googleSuite(() => place, 'v1beta'))
})
