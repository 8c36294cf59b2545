// Which addresses may be called on a client's behalf (rule 167).
import assert from 'node:assert/strict'
import type { LookupAddress, lookup } from 'node:dns'
import { createGuardedLookup, isAllowedAddress, isPublicAddress } from '../../src/engine/public-address.ts'

describe('addresses of the public internet (rule 167)', () => {
  for (const address of [
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'no address',
    '',
  ]) {
    it(`are not ${address || 'nothing'}`, () => assert.equal(isPublicAddress(address), false))
  }
  for (const address of ['8.8.8.8', '1.1.1.1', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2a00:1450::1']) {
    it(`are ${address}`, () => assert.equal(isPublicAddress(address), true))
  }

  it('include loopback only by an explicit word, and then nothing else that is private', () => {
    assert.equal(isAllowedAddress('127.0.0.1', {}), false)
    for (const address of ['127.0.0.1', '::1']) assert.equal(isAllowedAddress(address, { allowLoopback: true }), true)
    for (const address of ['10.0.0.1', '169.254.169.254', 'fd00::1'])
      assert.equal(isAllowedAddress(address, { allowLoopback: true }), false)
  })
})

describe('the guarded look-up', () => {
  const resolving = (...addresses: string[]): typeof lookup =>
    ((_: string, __: unknown, callback: (error: Error | null, found: LookupAddress[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as unknown as typeof lookup

  function look(all: boolean, ...addresses: string[]): { error: Error | null; found: unknown; family: unknown } {
    let seen: { error: Error | null; found: unknown; family: unknown } | undefined
    createGuardedLookup({}, resolving(...addresses))('example.com', { all }, (error, found, family) => {
      seen = { error, found, family }
    })
    assert.ok(seen)
    return seen
  }

  it('hands on the very addresses it has checked, in either form', () => {
    assert.deepEqual(look(false, '8.8.8.8', '1.1.1.1'), { error: null, found: '8.8.8.8', family: 4 })
    assert.deepEqual(look(true, '8.8.8.8', '2606:4700::1111').found, [
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
  })

  it('refuses a name of which one address is private', () => {
    for (const all of [true, false]) {
      assert.match(String(look(all, '8.8.8.8', '10.0.0.1').error), /not of the public internet/)
      assert.match(String(look(all, '::1').error), /not of the public internet/)
      assert.match(String(look(all).error), /no address/)
    }
  })
})
