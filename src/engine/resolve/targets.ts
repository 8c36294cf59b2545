// All targets of a tree of choices, as a flat list: what shows what a name can reach, without the order of a single request.
import type { Target } from '../catalogue.ts'
import type { Choice } from '../resolution.ts'

/** Each account × model once, where it stands first. */
export function targetsOf(root: Choice): readonly Target[] {
  if (root.kind === 'model') return root.targets
  const seen = new Map<string, Target>()
  const collect = (choice: Choice): void => {
    if (choice.kind === 'group') for (const inner of choice.choices) collect(inner)
    else {
      for (const target of choice.targets) {
        const key = `${target.account.id} ${target.model.id}`
        if (!seen.has(key)) seen.set(key, target)
      }
    }
  }
  collect(root)
  return [...seen.values()]
}
