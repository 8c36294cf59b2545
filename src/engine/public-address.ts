// Which addresses the gateway may call on a client's behalf (rule 167): those of the public internet and nothing nearer. Every
// address a name has is checked, and the connection goes to the very addresses that were, so that a second answer of the name
// service cannot lead elsewhere.
import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Not of the public internet: IANA's special-purpose registry, multicast, and the addresses of cloud metadata services. */
const nearby: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Azure's host agent has a public number.
  ['168.63.129.16', 32],
]

/** Within global unicast, yet not of it: protocol assignments with Teredo, documentation, 6to4 (which holds an IPv4 address). */
const nearbySix: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const blocked = new BlockList()
for (const [network, prefix] of nearby) blocked.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of nearbySix) blocked.addSubnet(network, prefix, 'ipv6')

/** All public IPv6 is global unicast: loopback, ULA, link-local, mapped and translated IPv4 lie outside of it. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an address, written as a number, belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !blocked.check(address, 'ipv4')
  return version === 6 && globalUnicast.check(address, 'ipv6') && !blocked.check(address, 'ipv6')
}

export interface AddressRule {
  /** For tests, whose servers are on this machine. */
  readonly allowLoopback?: boolean
}

export function isAllowedAddress(address: string, { allowLoopback = false }: AddressRule): boolean {
  if (isPublicAddress(address)) return true
  const version = isIP(address)
  return allowLoopback && version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** Thrown, and given to whoever connects, for an address that may not be called. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
}

/** A name look-up for sockets that yields allowed addresses only, and none at all when one of the name's is not. */
export function createGuardedLookup(rule: AddressRule, resolveName: typeof resolve = resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { family: options.family ?? 0, hints: options.hints ?? 0, all: true }, (error, found) => {
      const first = found?.[0]
      if (error || !first) {
        callback(error ?? new Error(`${hostname} has no address`), '', 0)
        return
      }
      if (!found.every(({ address }) => isAllowedAddress(address, rule))) {
        callback(new PrivateAddressError(`${hostname} has an address that is not of the public internet`), '', 0)
      } else if (options.all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}
