import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  echo,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'

/** A node of the category tree. */
export type Category = {
  readonly id: string
  readonly parentId: string | null
  readonly slug: string
  readonly name: string
  readonly position: number
  readonly version: number
}

export type NewCategory = Omit<Category, 'version'>

export type CategoryEdit = {
  readonly id: string
  readonly expectedVersion: number
  readonly slug?: string
  readonly name?: string
  readonly parentId?: string | null
  readonly position?: number
}

/** Maximum number of categories: the tree is read as a whole. */
export const MAX_CATEGORIES = 1_000
/** Maximum depth of the tree: no menu shows more levels. */
export const MAX_DEPTH = 6

/** The whole tree, by id. Siblings are sorted by position, then by name. */
export type CategoryTree = {
  readonly byId: ReadonlyMap<string, Category>
  readonly childrenOf: ReadonlyMap<string | null, readonly Category[]>
}

/** Unicode's root collation, as PostgreSQL's `und-x-icu` for product titles. */
const BY_NAME = new Intl.Collator('und')

export function treeOf(categories: readonly Category[]): CategoryTree {
  const inOrder = categories.toSorted(
    (a, b) => a.position - b.position || BY_NAME.compare(a.name, b.name) || (a.id < b.id ? -1 : 1),
  )
  return {
    byId: new Map(inOrder.map((category) => [category.id, category])),
    childrenOf: Map.groupBy(inOrder, ({ parentId }) => parentId),
  }
}

/** The ancestors of a category, from the root to its parent. */
export function ancestorsOf(tree: CategoryTree, { parentId }: Category): Category[] {
  const parent = parentId === null ? undefined : tree.byId.get(parentId)
  return parent ? [...ancestorsOf(tree, parent), parent] : []
}

/** The ids of a category and all its descendants. */
export function branchOf(tree: CategoryTree, id: string): string[] {
  return [id, ...(tree.childrenOf.get(id) ?? []).flatMap((child) => branchOf(tree, child.id))]
}

/** The number of levels of a branch: 1 for a category without children. */
function heightOf(tree: CategoryTree, id: string): number {
  return 1 + Math.max(0, ...(tree.childrenOf.get(id) ?? []).map((child) => heightOf(tree, child.id)))
}

export function addCategory(tree: CategoryTree, category: NewCategory): Decision<Category, ValidationError> {
  if (tree.byId.size >= MAX_CATEGORIES) {
    return refuse(
      validationError(`there are ${tree.byId.size} categories: allowed is at most ${MAX_CATEGORIES}`),
    )
  }
  const faults = [...slugFaults(tree, category), ...placeFaults(tree, category)]
  return faults.length > 0 ? refuse(...faults) : accept({ ...category, version: 1 })
}

/** Changes or moves a category, but not below itself or one of its descendants. */
export function editCategory(
  tree: CategoryTree,
  before: Category,
  { expectedVersion, ...edit }: CategoryEdit,
): Decision<Category, VersionConflictError | ValidationError> {
  if (expectedVersion !== before.version) return refuse(versionConflict(expectedVersion, before.version))
  const after = { ...before, ...edit, version: before.version + 1 }
  const faults = [...slugFaults(tree, after), ...placeFaults(tree, after)]
  return faults.length > 0 ? refuse(...faults) : accept(after)
}

function slugFaults(tree: CategoryTree, { id, slug }: NewCategory): ValidationError[] {
  const taken = tree.byId.values().some((other) => other.slug === slug && other.id !== id)
  return taken
    ? [validationError(`slug ${echo(slug)} is taken: allowed is one that no other category has`, ['slug'])]
    : []
}

function placeFaults(tree: CategoryTree, { id, parentId }: NewCategory): ValidationError[] {
  if (parentId === null) return []
  const parent = tree.byId.get(parentId)
  if (!parent) return [notFound('category', parentId, ['parentId'])]
  if (branchOf(tree, id).includes(parentId)) {
    const message = `parentId is ${echo(parentId)}, which is the category itself or below it: allowed is any other`
    return [validationError(message, ['parentId'])]
  }
  const depth = ancestorsOf(tree, parent).length + 1 + heightOf(tree, id)
  if (depth <= MAX_DEPTH) return []
  const message = `parentId is ${echo(parentId)}, which makes the tree ${depth} levels deep: allowed is ${MAX_DEPTH}`
  return [validationError(message, ['parentId'])]
}
