import { expect, test } from 'vitest'
import {
  addCategory,
  ancestorsOf,
  branchOf,
  type Category,
  editCategory,
  MAX_CATEGORIES,
  MAX_DEPTH,
  treeOf,
} from './category.ts'

function category(id: string, parentId: string | null, change: Partial<Category> = {}): Category {
  return { id, parentId, slug: id, name: id, position: 0, version: 1, ...change }
}

const sport = category('sport', null, { position: 1 })
const running = category('running', 'sport', { position: 1 })
const trail = category('trail', 'running')
const tree = treeOf([trail, running, sport, category('cycling', 'sport'), category('dress', null)])

test('siblings follow their position, then their name, then their id', () => {
  expect(tree.childrenOf.get(null)?.map(({ id }) => id)).toEqual(['dress', 'sport'])
  const peers = treeOf([category('b', null), category('c', null), category('a', null)])
  expect(peers.childrenOf.get(null)?.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  const namesakes = treeOf(['b', 'c', 'a'].map((id) => category(id, null, { name: 'Crew' })))
  expect(namesakes.childrenOf.get(null)?.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  const placed = treeOf([category('a', null, { position: 10 }), category('z', null, { position: 9 })])
  expect(placed.childrenOf.get(null)?.map(({ id }) => id)).toEqual(['z', 'a'])
})

test('ancestors lead from the top down to the parent; a branch holds all below', () => {
  expect(ancestorsOf(tree, trail)).toEqual([sport, running])
  expect(ancestorsOf(tree, sport)).toEqual([])
  expect(branchOf(tree, 'sport')).toEqual(['sport', 'cycling', 'running', 'trail'])
  expect(branchOf(tree, 'unknown')).toEqual(['unknown'])
})

test('a new category has version 1', () => {
  const { version: _, ...seedling } = category('hiking', 'sport')
  expect(addCategory(tree, seedling)).toEqual({ ok: true, value: category('hiking', 'sport') })
})

test.each([
  [
    'a taken slug',
    category('hiking', null, { slug: 'running' }),
    'slug',
    'slug "running" is taken: allowed is one that no other category has',
  ],
  ['an unknown parent', category('hiking', 'unknown'), 'parentId', 'there is no category "unknown"'],
])('%s is refused', (_, seedling, field, message) => {
  expect(addCategory(tree, seedling)).toMatchObject({
    ok: false,
    errors: [{ path: [field], message: expect.stringContaining(message) }],
  })
})

test('a new and a changed category are refused for a taken slug and a wrong parent at once', () => {
  const faults = { ok: false, errors: [{ path: ['slug'] }, { path: ['parentId'] }] }
  const wrong = { slug: 'running', parentId: 'unknown' }
  expect(addCategory(tree, category('hiking', wrong.parentId, wrong))).toMatchObject(faults)
  expect(editCategory(tree, trail, { id: 'trail', expectedVersion: 1, ...wrong })).toMatchObject(faults)
  const ofItsChild = editCategory(tree, running, { id: 'running', expectedVersion: 1, slug: 'trail' })
  expect(ofItsChild).toMatchObject({ ok: false, errors: [{ path: ['slug'] }] })
})

test.each(['sport', 'running', 'trail'])('sport cannot move under %s', (parentId) => {
  expect(editCategory(tree, sport, { id: 'sport', expectedVersion: 1, parentId })).toMatchObject({
    ok: false,
    errors: [{ path: ['parentId'], message: expect.stringContaining('the category itself or below it') }],
  })
})

test('a category moves to the top and to another branch, and keeps its own slug', () => {
  const toTop = editCategory(tree, trail, { id: 'trail', expectedVersion: 1, parentId: null, slug: 'trail' })
  expect(toTop).toEqual({ ok: true, value: { ...trail, parentId: null, version: 2 } })
  expect(editCategory(tree, running, { id: 'running', expectedVersion: 1, parentId: 'dress' }).ok).toBe(true)
})

test('an edit of an old version is refused with the current one', () => {
  const current = { ...trail, version: 4 }
  expect(editCategory(tree, current, { id: 'trail', expectedVersion: 3, name: 'Trail' })).toMatchObject({
    errors: [{ __typename: 'VersionConflictError', currentVersion: 4 }],
  })
})

test('the tree grows neither deeper nor larger than it may be', () => {
  const chain = Array.from({ length: MAX_DEPTH }, (_, index) =>
    category(`level${index}`, index === 0 ? null : `level${index - 1}`),
  )
  const branch = [sport, category('cycling', 'sport'), running, trail]
  const deep = treeOf([...chain, ...branch])
  expect(addCategory(deep, category('deepest', `level${MAX_DEPTH - 2}`)).ok).toBe(true)
  expect(addCategory(deep, category('deeper', `level${MAX_DEPTH - 1}`))).toMatchObject({
    errors: [
      {
        message: `parentId is "level${MAX_DEPTH - 1}", which makes the tree ${MAX_DEPTH + 1} levels deep: allowed is ${MAX_DEPTH}`,
        path: ['parentId'],
      },
    ],
  })
  // The branch has three levels, the deepest below its second child.
  const move = { id: 'sport', expectedVersion: 1 }
  const [allowed, tooDeep] = [`level${MAX_DEPTH - 4}`, `level${MAX_DEPTH - 3}`]
  expect(editCategory(deep, sport, { ...move, parentId: allowed }).ok).toBe(true)
  expect(editCategory(deep, sport, { ...move, parentId: tooDeep })).toMatchObject({
    errors: [{ path: ['parentId'] }],
  })

  const full = treeOf(Array.from({ length: MAX_CATEGORIES }, (_, index) => category(`c${index}`, null)))
  expect(addCategory(full, category('one-more', null)).ok).toBe(false)
  const room = treeOf([...full.byId.values()].slice(1))
  expect(addCategory(room, category('last', null)).ok).toBe(true)
})
