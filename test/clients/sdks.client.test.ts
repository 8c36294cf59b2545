// The official clients through the gateway: the same suites that they pass at the fakes themselves, and what only the gateway
// can refuse.
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { anthropicSuite } from './anthropic-suite.ts'
import { googleSuite } from './google-suite.ts'
import { openaiSuite } from './openai-suite.ts'
import { startThroughGateway, type ThroughGateway } from './through-gateway.ts'

describe('official clients through the gateway', () => {
  let through: ThroughGateway

  before(async () => {
    through = await startThroughGateway()
  })
  after(() => through?.stop())
  afterEach(() => through.fake.control({ forget: true }))

  describe('openai', () => openaiSuite(() => through.place('oc')))
  describe('@anthropic-ai/sdk', () => anthropicSuite(() => through.place('am')))
  describe('@google/genai', () => googleSuite(() => through.place('gg')))
  describe('@google/genai, v1beta', () => googleSuite(() => through.place('gg'), 'v1beta'))

  describe('a body above the limit', () => {
    const content = 'x'.repeat(3 * 1024 * 1024)
    const messages = [{ role: 'user' as const, content }]

    it('is refused with 413 in each dialect and reaches no upstream', async () => {
      const { url, key } = through.gateway
      const status =
        (type: new (...args: never[]) => { readonly status: unknown }) =>
        (error: unknown): boolean => {
          assert.ok(error instanceof type, String(error))
          assert.equal(error.status, 413)
          return true
        }
      const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
      await assert.rejects(openai.chat.completions.create({ model: 'oc/echo', messages }), status(OpenAI.APIError))
      await assert.rejects(openai.responses.create({ model: 'or/echo', input: content }), status(OpenAI.APIError))
      const anthropic = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })
      const ask = { model: 'am/echo', max_tokens: 5, messages }
      await assert.rejects(anthropic.messages.create(ask), status(Anthropic.APIError))
      const google = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
      await assert.rejects(google.models.generateContent({ model: 'gg/echo', contents: content }), status(ApiError))
      assert.deepEqual(await through.fake.log(), [])
    })
  })
})
