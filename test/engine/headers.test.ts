// Headers in both directions pass by allow-list only; the account's credential always wins.
import assert from 'node:assert/strict'
import { baseUrlFor, upstreamHeaders } from '../../src/engine/compose-request.ts'
import { allowedHeaders, contentTypeOf } from '../../src/engine/response-headers.ts'
import { account, provider } from './world.ts'

const input = {
  provider: provider('x'),
  accountHeaders: {},
  credential: 'account-secret',
  wire: 'openai-chat',
  userAgent: 'omniroute/1',
  stream: true,
} as const

describe('headers towards the upstream', () => {
  it('carry the account’s secret and nothing of the client’s that is not on the list', () => {
    const clientHeaders = {
      authorization: 'Bearer gateway-key',
      'x-api-key': 'gateway-key',
      'x-goog-api-key': 'gateway-key',
      cookie: 'session=1',
      host: '127.0.0.1:20128',
      origin: 'http://127.0.0.1:20128',
      'x-forwarded-for': '10.0.0.1',
      'user-agent': 'client/2',
      'idempotency-key': 'i-1',
      'openai-beta': ['a', 'b'],
    }
    const headers = upstreamHeaders({ ...input, clientHeaders })
    assert.equal(headers['authorization'], 'Bearer account-secret')
    assert.equal(headers['idempotency-key'], 'i-1')
    assert.equal(headers['openai-beta'], 'a,b')
    assert.equal(headers['user-agent'], 'omniroute/1')
    assert.doesNotMatch(JSON.stringify(headers), /gateway-key|session|forwarded|client\/2/)
    assert.deepEqual(Object.keys(headers).sort(), [
      'accept',
      'accept-encoding',
      'authorization',
      'content-type',
      'idempotency-key',
      'openai-beta',
      'user-agent',
    ])
  })

  it('let the account’s own headers win over all but its credential', () => {
    const accountHeaders = { 'X-Team': 'blue', 'User-Agent': 'mine', Authorization: 'Basic other' }
    const headers = upstreamHeaders({ ...input, accountHeaders, clientHeaders: {} })
    assert.deepEqual(
      [headers['x-team'], headers['user-agent'], headers['authorization']],
      ['blue', 'mine', 'Bearer account-secret'],
    )
    const keyless = upstreamHeaders({ ...input, credential: undefined, accountHeaders, clientHeaders: {} })
    assert.equal(keyless['authorization'], 'Basic other')
  })

  it('name the version that Anthropic asks for, the client’s own where it gave one', () => {
    const anthropic = {
      ...input,
      wire: 'anthropic-messages',
      provider: provider('x', { auth: { header: 'x-api-key' } }),
    } as const
    assert.equal(upstreamHeaders({ ...anthropic, clientHeaders: {} })['anthropic-version'], '2023-06-01')
    const beta = upstreamHeaders({
      ...anthropic,
      clientHeaders: { 'anthropic-beta': 'tools', 'anthropic-version': '2099-01-01' },
    })
    assert.deepEqual(
      [beta['anthropic-beta'], beta['anthropic-version'], beta['x-api-key']],
      ['tools', '2099-01-01', 'account-secret'],
    )
  })
})

describe('the address of an account', () => {
  it('is its own where it has one, else the provider’s', () => {
    const definition = provider('x', { wireBaseUrls: { 'anthropic-messages': 'https://x.invalid/anthropic/v1' } })
    assert.deepEqual(baseUrlFor({ account: account('a'), provider: definition }, 'openai-chat'), {
      origin: 'http://x.invalid',
      path: '/v1',
    })
    assert.equal(
      baseUrlFor({ account: account('a'), provider: definition }, 'anthropic-messages').path,
      '/anthropic/v1',
    )
    const own = account('b', { baseUrl: 'http://[::1]:8080/api/v3/' })
    assert.deepEqual(baseUrlFor({ account: own, provider: definition }, 'openai-chat'), {
      origin: 'http://[::1]:8080',
      path: '/api/v3',
    })
  })
})

describe('headers towards the client', () => {
  it('are the upstream’s limits and request ids, nothing else (rule 168)', () => {
    const upstream = {
      'x-request-id': 'r-1',
      'x-ratelimit-remaining-tokens': '5',
      'anthropic-ratelimit-requests-reset': 'soon',
      'retry-after': ['1', '2'],
      'set-cookie': ['a=1'],
      'transfer-encoding': 'chunked',
      'content-length': '12',
      server: 'nginx',
      'openai-organization': 'org-secret',
    }
    assert.deepEqual(allowedHeaders(upstream), {
      'x-request-id': 'r-1',
      'x-ratelimit-remaining-tokens': '5',
      'anthropic-ratelimit-requests-reset': 'soon',
      'retry-after': '1, 2',
    })
  })

  it('are never such that they could not be sent', () => {
    assert.deepEqual(allowedHeaders({ 'x-request-id': 'Grüße 漢\r\nx: y' }), { 'x-request-id': 'Gr??e ???x: y' })
  })

  it('tell the media type without its parameters', () => {
    assert.equal(contentTypeOf({ 'content-type': 'Text/Event-Stream; charset=utf-8' }), 'text/event-stream')
    assert.equal(contentTypeOf({ 'content-type': ['application/json', 'text/html'] }), 'application/json')
    assert.equal(contentTypeOf({}), '')
  })
})
