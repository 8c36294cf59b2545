// Which proxy applies to which address, and what is ever said of a proxy.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  chooseProxy,
  isExempt,
  isLoopback,
  isMasked,
  type ProxyLevels,
  proxyHost,
  readProxy,
  shownProxy,
} from '../../src/core/proxy.ts'

const vendor = new URL('https://api.vendor.example/v1')
const none: ProxyLevels = { global: '', editor: {}, environment: {} }

function chosen(levels: Partial<ProxyLevels>, url = vendor): string {
  const choice = chooseProxy(url, { ...none, ...levels })
  return choice.via === 'direct' ? 'direct' : `${choice.via} ${choice.proxy}`
}

describe('proxies', () => {
  it('are none where nobody names one', () => {
    assert.equal(chosen({}), 'direct')
  })

  it('apply by level: account, provider, own setting, editor, environment', () => {
    const environment = { HTTPS_PROXY: 'http://e:5', HTTP_PROXY: 'http://no:1', ALL_PROXY: 'http://no:2' }
    const levels = {
      account: 'http://a:1',
      provider: 'http://b:2',
      global: 'http://c:3',
      editor: { proxy: 'http://d:4' },
    }
    const { account: _, ...withoutAccount } = levels
    const { provider: __, ...withoutProvider } = withoutAccount
    assert.equal(chosen({ ...levels, environment }), 'account http://a:1')
    assert.equal(chosen({ ...withoutAccount, environment }), 'provider http://b:2')
    assert.equal(chosen({ ...withoutProvider, environment }), 'global http://c:3')
    assert.equal(chosen({ editor: levels.editor, environment }), 'global http://d:4')
    assert.equal(chosen({ environment }), 'global http://e:5')
  })

  it('may be turned off on each level', () => {
    const below = { global: 'http://c:3', editor: { proxy: 'http://d:4' }, environment: { ALL_PROXY: 'http://e:5' } }
    assert.equal(chosen({ ...below, account: 'direct', provider: 'http://b:2' }), 'direct')
    assert.equal(chosen({ ...below, provider: 'direct' }), 'direct')
    assert.equal(chosen({ ...below, global: 'direct' }), 'direct')
  })

  it('come from the variable of the scheme, else from ALL_PROXY, lower case first', () => {
    const plain = new URL('http://api.vendor.example')
    const both = { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1', HTTP_PROXY: 'http://plain:1' }
    assert.equal(chosen({ environment: both }), 'global http://lower:1')
    assert.equal(chosen({ environment: both }, plain), 'global http://plain:1')
    assert.equal(
      chosen({ environment: { HTTPS_PROXY: 'http://x:1', ALL_PROXY: 'socks5://y:2' } }, plain),
      'global socks5://y:2',
    )
    assert.equal(chosen({ environment: { HTTPS_PROXY: ' ' } }), 'direct')
  })

  for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', 'a.localhost', '[::1]']) {
    it(`leave ${host} alone, unless the account names one`, () => {
      const url = new URL(`http://${host}:11434/v1`)
      assert.ok(isLoopback(url.hostname))
      assert.equal(chosen({ provider: 'http://b:2', global: 'http://c:3' }, url), 'direct')
      assert.equal(chosen({ account: 'http://a:1' }, url), 'account http://a:1')
    })
  }

  for (const host of ['128.0.0.1', 'localhost.example', 'notlocalhost', '10.0.0.1', '[::2]']) {
    it(`take ${host} for another machine`, () => assert.equal(isLoopback(new URL(`http://${host}`).hostname), false))
  }

  it('honour NO_PROXY and the list of the editor on the global level only', () => {
    const environment = { ALL_PROXY: 'http://e:5', NO_PROXY: 'other.example, vendor.example' }
    assert.equal(chosen({ environment }), 'direct')
    assert.equal(chosen({ environment, global: 'http://c:3' }), 'direct')
    assert.equal(chosen({ environment, provider: 'http://b:2' }), 'provider http://b:2')
    assert.equal(chosen({ environment, account: 'http://a:1' }), 'account http://a:1')
    assert.equal(chosen({ editor: { proxy: 'http://d:4', noProxy: ['*.vendor.example'] } }), 'direct')
  })

  for (const [list, address, expected] of [
    ['*', 'https://anything.example', true],
    ['vendor.example', 'https://vendor.example', true],
    ['vendor.example', 'https://api.vendor.example', true],
    ['.vendor.example', 'https://api.vendor.example', true],
    ['vendor.example', 'https://evilvendor.example', false],
    ['VENDOR.example', 'https://api.Vendor.example', true],
    ['vendor.example:8443', 'https://vendor.example:8443', true],
    ['vendor.example:443', 'https://vendor.example', true],
    ['vendor.example:8443', 'https://vendor.example', false],
    ['10.1.2.3', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://10.200.2.3', true],
    ['10.0.0.0/8', 'http://11.0.0.1', false],
    ['192.168.1.0/24', 'http://192.168.1.255', true],
    ['0.0.0.0/0', 'http://8.8.8.8', true],
    ['10.0.0.0/99', 'http://10.0.0.1', false],
    ['[fd00::1]:80', 'http://[fd00::1]', true],
    ['fd00::1', 'http://[fd00::1]:8080', true],
    ['', 'https://vendor.example', false],
    [', ,', 'https://vendor.example', false],
    ['.', 'https://vendor.example', false],
  ] as const) {
    it(`NO_PROXY "${list}" ${expected ? 'names' : "doesn't name"} ${address}`, () => {
      assert.equal(isExempt(list, new URL(address)), expected)
    })
  }

  it('are read with the ports that their schemes have', () => {
    const hosts = ['http://a', 'https://a', 'socks5://a', 'socks5h://a', 'a:3128', 'http://[::1]:8080'].map((text) => {
      const proxy = readProxy(text)
      return proxy && `${proxy.scheme} ${proxyHost(proxy)}`
    })
    assert.deepEqual(hosts, [
      'http a:80',
      'https a:443',
      'socks5 a:1080',
      'socks5 a:1080',
      'http a:3128',
      'http [::1]:8080',
    ])
    const { username, password } = readProxy('http://me%40work:p%3Aq@a:1') ?? {}
    assert.deepEqual([username, password], ['me@work', 'p:q'])
  })

  for (const text of [
    '',
    ' ',
    'ftp://a:1',
    'socks4://a:1',
    'http://',
    'http://a:1/path',
    'http://a:99999',
    'http://%ff@a:1',
    ' http://a:1',
    'file:///x',
  ]) {
    it(`refuse "${text}"`, () => assert.equal(readProxy(text), undefined))
  }

  it('are shown without what is secret, whatever that is', () => {
    assert.equal(shownProxy('direct'), 'direct')
    assert.equal(shownProxy('http://a:1'), 'http://a:1')
    const secret = fc.stringMatching(/^[A-Za-z0-9%/@:?#]{8,20}$/)
    fc.assert(
      fc.property(secret, secret, (name, password) => {
        const shown = shownProxy(`http://${encodeURIComponent(name)}:${encodeURIComponent(password)}@host:1`)
        assert.equal(shown, 'http://••••@host:1')
        assert.ok(isMasked(shown))
        assert.equal(shownProxy(shown), shown)
      }),
    )
  })
})
