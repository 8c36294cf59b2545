// The configuration file: every wrong field is named by its path, secrets come from the environment, nothing is guessed.
import assert from 'node:assert/strict'
import { type Config, parseConfig } from '../../src/admin/config.ts'
import { GatewayError } from '../../src/core/errors.ts'

function problems(value: unknown, environment: Record<string, string> = {}): string[] {
  try {
    parseConfig(typeof value === 'string' ? value : JSON.stringify(value), environment)
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    assert.equal(error.code, 'invalid_request')
    return error.message.split('\n')
  }
  throw new Error(`was taken: ${JSON.stringify(value)}`)
}

const account = { id: 'a', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' }

/** How a file names a variable of the environment. */
function from(variable: string): string {
  return `$\{${variable}}`
}

describe('parsing a configuration', () => {
  it('takes an empty one', () => {
    assert.deepEqual(parseConfig('{}', {}), { keys: [], accounts: [], combos: [], settings: {} })
  })

  it('takes the published example', () => {
    const config: Config = parseConfig(
      JSON.stringify({
        $schema: './config.schema.json',
        keys: [{ name: 'tools', key: 'sk-my-own-key-0001' }],
        accounts: [
          {
            ...account,
            prefix: 'mine',
            models: ['x', { id: 'y', contextWindow: 9, tools: true }],
            headers: { 'X-Team': 'a' },
          },
        ],
        combos: [{ name: 'best', strategy: 'ordered', members: ['mine/x', 'mine/y'] }],
        settings: { port: 0, bodyLimitMb: 2, logRows: 5 },
      }),
      {},
    )
    assert.equal(config.accounts[0]?.enabled, true)
    assert.deepEqual(config.settings, { port: 0, bodyLimitMb: 2, logRows: 5 })
  })

  const wrong: readonly [string, unknown, RegExp][] = [
    ['text that is no JSON', '{"keys":', /not valid JSON/],
    ['an array', [], /^the file: /],
    ['an unknown section', { key: [] }, /^the file: .*key/],
    ['a key without a name', { keys: [{ key: 'sk-my-own-key-0001' }] }, /^keys\[0\]\.name: /],
    ['a key that is a number', { keys: [{ name: 'a', key: 7 }] }, /^keys\[0\]\.key: /],
    ['an account without an id', { accounts: [{ provider: 'groq' }] }, /^accounts\[0\]\.id: /],
    ['a prefix in capitals', { accounts: [{ ...account, prefix: 'Mine' }] }, /^accounts\[0\]\.prefix: /],
    [
      'an address of another kind',
      { accounts: [account, { ...account, id: 'b', baseUrl: 'ftp://x' }] },
      /^accounts\[1\]\.baseUrl: /,
    ],
    ['a tier of none', { accounts: [{ ...account, tier: 'golden' }] }, /^accounts\[0\]\.tier: /],
    ['models that are no list', { accounts: [{ ...account, models: 'x' }] }, /^accounts\[0\]\.models: /],
    [
      'a model without an id',
      { accounts: [{ ...account, models: ['x', { name: 'y' }] }] },
      /^accounts\[0\]\.models\[1\]/,
    ],
    ['a field that an account has not', { accounts: [{ ...account, apikey: 'x' }] }, /^accounts\[0\]: .*apikey/],
    ['a header that is a number', { accounts: [{ ...account, headers: { a: 1 } }] }, /^accounts\[0\]\.headers\.a: /],
    ['another strategy', { combos: [{ name: 'a', strategy: 'fancy', members: ['x'] }] }, /^combos\[0\]\.strategy: /],
    ['a combo of nobody', { combos: [{ name: 'a', members: [] }] }, /^combos\[0\]\.members: /],
    ['a port beyond all ports', { settings: { port: 70_000 } }, /^settings\.port: /],
    ['a setting of none', { settings: { colour: 'red' } }, /^settings: .*colour/],
    [
      'a name that is used twice',
      {
        combos: [
          { name: 'a', members: ['x'] },
          { name: 'a', members: ['y'] },
        ],
      },
      /^combos\[1\]\.name: "a" is used twice/,
    ],
    ['an id that is used twice', { accounts: [account, account] }, /^accounts\[1\]\.id: "a" is used twice/],
  ]
  for (const [what, value, message] of wrong) {
    it(`names the place of ${what}`, () => {
      const told = problems(value)
      assert.equal(told.length, 1, told.join('\n'))
      assert.match(told[0] ?? '', message)
    })
  }

  it('names every wrong field at once', () => {
    const told = problems({
      keys: [{ name: 'a', key: '' }],
      accounts: [{ ...account, tier: 'x' }],
      settings: { port: -1 },
    })
    assert.deepEqual(
      told.map((line) => line.split(':', 1)[0]),
      ['keys[0].key', 'accounts[0].tier', 'settings.port'],
    )
  })

  it('takes secrets from the environment, within longer text too', () => {
    const value = {
      keys: [{ name: 'a', key: `sk-${from('SUFFIX')}-0000000` }],
      accounts: [
        {
          ...account,
          apiKey: `${from('KEY')}`,
          headers: { 'X-Auth': `Basic ${from('KEY')}:${from('SUFFIX')}` },
          label: `${from('KEY')}`,
        },
      ],
    }
    const config = parseConfig(JSON.stringify(value), { KEY: `secret-$1-${from('KEY')}`, SUFFIX: 'end' })
    assert.equal(config.keys[0]?.key, 'sk-end-0000000')
    assert.equal(config.accounts[0]?.apiKey, `secret-$1-${from('KEY')}`)
    assert.equal(config.accounts[0]?.headers?.['X-Auth'], `Basic secret-$1-${from('KEY')}:end`)
    assert.equal(config.accounts[0]?.label, `${from('KEY')}`)
  })

  it('names the secrets whose variable is not set, and no secret that is', () => {
    const told = problems(
      {
        keys: [{ name: 'a', key: `${from('MISSING')}` }],
        accounts: [{ ...account, apiKey: `${from('EMPTY')}`, headers: { 'X-A': `${from('KEY')}${from('ALSO')}` } }],
      },
      { EMPTY: '', KEY: 'very-secret' },
    )
    assert.deepEqual(told, [
      'keys[0].key: the environment variable MISSING is not set',
      'accounts[0].apiKey: the environment variable EMPTY is not set',
      'accounts[0].headers.X-A: the environment variable ALSO is not set',
    ])
  })
})
