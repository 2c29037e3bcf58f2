import type { Draw } from '../seeded-random.ts'
import type { WorldDraft } from '../world/world-draft.ts'

/**
 * Sometimes makes a whole type inaccessible. Fields and arguments that refer to it are made inaccessible
 * where the SDL is written.
 */
export function randomHidden(draft: WorldDraft, draw: Draw): void {
  if (!draw.chance(25)) return
  const { entities, values, abstracts, enums, inputs } = draft
  const groups = [entities, values, abstracts, enums, inputs].filter((group) => group.length > 0)
  // Mostly members of interfaces and unions, since the fields that lead to them stay visible.
  const members = entities.filter(({ name }) => abstracts.some((one) => one.members.includes(name)))
  const group = members.length > 0 && draw.chance(50) ? members : draw.pick(groups)
  draft.hidden.push(draw.pick<{ readonly name: string }>(group).name)
}
