import { DAY, type Plan, SHOP_AGE } from '../plan.ts'
import { seedId } from '../random/seed-id.ts'

export type CategoryRow = {
  id: string
  parentId: string | null
  slug: string
  name: string
  position: number
  createdAt: number
}

/** Parents precede their children. */
const TREE: readonly (readonly [slug: string, name: string, parent: string | null])[] = [
  ['everyday', 'Everyday', null],
  ['dress', 'Dress', null],
  ['sport', 'Sport', null],
  ['home', 'Home & Sleep', null],
  ['kids', 'Kids', null],
  ['crew', 'Crew', 'everyday'],
  ['ankle', 'Ankle', 'everyday'],
  ['no-show', 'No-Show', 'everyday'],
  ['mid-calf', 'Mid-Calf', 'dress'],
  ['over-the-calf', 'Over the Calf', 'dress'],
  ['running', 'Running', 'sport'],
  ['cycling', 'Cycling', 'sport'],
  ['hiking', 'Hiking', 'sport'],
  ['compression', 'Compression', 'sport'],
  ['bed', 'Bed Socks', 'home'],
  ['slipper', 'Slippers', 'home'],
  ['kids-crew', 'Kids Crew', 'kids'],
]

export const CATEGORIES = TREE.length

export function category(plan: Plan, index: number): CategoryRow {
  const branch = TREE[index]
  if (!branch) throw new Error(`There are categories 0 to ${CATEGORIES - 1}, not ${index}.`)
  const [slug, name, parent] = branch
  const siblings = TREE.slice(0, index).filter(([, , other]) => other === parent)
  return {
    id: categoryId(plan, index),
    parentId: parent === null ? null : categoryIdOf(plan, parent),
    slug,
    name,
    position: siblings.length,
    createdAt: createdAt(plan, index),
  }
}

export function categoryIdOf(plan: Plan, slug: string): string {
  return categoryId(
    plan,
    TREE.findIndex(([other]) => other === slug),
  )
}

function categoryId(plan: Plan, index: number): string {
  return seedId('cat', plan.seed, index, createdAt(plan, index))
}

function createdAt(plan: Plan, index: number): number {
  return plan.today - SHOP_AGE - 60 * DAY + index * 1_000
}
