// Where each conversation was served last: staying there finds the vendor's prompt cache warm. A pin is soft: it orders, it
// never overrides a filter, it follows the conversation to another account, and it ends some time after the last request.
import type { Clock } from '../../core/clock.ts'
import { type FailureCode, failureOf } from '../../core/errors.ts'
import type { Origin } from '../../core/routing.ts'
import type { Target } from '../catalogue.ts'

export interface Pin {
  readonly account: string
  /** The upstream's name of the model: caches belong to one. */
  readonly model: string
}

export interface Affinity {
  /** The pin of a scope that was used within so many minutes. */
  pinOf(scope: string, minutes: number): Pin | undefined
  /** The target serves the conversation: called when an attempt begins, so that parallel requests stay together, and when it has served. */
  pin(scope: string, target: Target): void
  /** Drops the pin if it is on this target and the failure was not the caller's own. */
  failed(scope: string, target: Target, code: FailureCode): void
}

const defaultCapacity = 10_000

/** What a pin is for: one conversation under one resolved name, of one key. */
export function affinityScope(conversation: string, name: string, { keyId }: Origin): string {
  return JSON.stringify([keyId ?? null, name, conversation])
}

export function createAffinity(clock: Clock, capacity = defaultCapacity): Affinity {
  /** In the order of their last use. */
  const pins = new Map<string, Pin & { readonly usedAt: number }>()

  function holds(scope: string, target: Target): boolean {
    const pin = pins.get(scope)
    return pin !== undefined && pin.account === target.account.id && pin.model === target.model.id
  }

  return {
    pinOf(scope, minutes) {
      const pin = pins.get(scope)
      if (!pin) return undefined
      // Not deleted where it has ended: the life is a setting and may be made longer again.
      return clock.now() - pin.usedAt <= minutes * 60_000 ? pin : undefined
    },
    pin(scope, target) {
      pins.delete(scope)
      pins.set(scope, { account: target.account.id, model: target.model.id, usedAt: clock.now() })
      if (pins.size <= capacity) return
      for (const oldest of pins.keys()) {
        pins.delete(oldest)
        return
      }
    },
    failed(scope, target, code) {
      const { fault } = failureOf(code)
      if (fault !== 'caller' && fault !== 'client-left' && holds(scope, target)) pins.delete(scope)
    },
  }
}
