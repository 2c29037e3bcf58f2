import { expect, test } from 'vitest'
import type { LaneCode, TargetCode } from './generate-code.ts'
import { representing } from './write-representations.ts'

/** A lane whose objects are numbers in objects. */
function aLane() {
  const represented: object[] = []
  const target = {
    ...{ shape: 0, typename: 'Product', isAlike: () => true },
    key: JSON.stringify,
    represent(object: object) {
      represented.push(object)
      return JSON.stringify(object)
    },
  } satisfies Omit<TargetCode, 'read'>
  const lane = { alike: 0, targets: [target] } as unknown as LaneCode
  return { lane, represented }
}

test('lanes that need the same of the same objects share its text, until there are more objects', () => {
  const { lane, represented } = aLane()
  const represent = representing()
  const objects = [{ id: 1 }, { id: 2 }, { id: 1 }]
  const first = represent(lane, [objects])
  expect(first).toMatchObject({ text: '[{"id":1},{"id":2}]', count: 2, indexes: [0, 1, 0] })
  expect(represent(lane, [objects])).toBe(first)
  expect(represented).toEqual([{ id: 1 }, { id: 2 }])
  const more = represent(lane, [[...objects, { id: 3 }]])
  expect(more).toMatchObject({ text: '[{"id":1},{"id":2},{"id":3}]', count: 3, indexes: [0, 1, 0, 2] })
})

test('objects of one key whose other required values differ have a representation each', () => {
  const { lane } = aLane()
  const alike = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b)
  const target = { ...lane.targets[0], key: () => 1, isAlike: alike }
  const ofOneKey = { ...lane, targets: [target] } as LaneCode
  const objects = [
    { id: 1, weight: 1 },
    { id: 1, weight: 2 },
    { id: 1, weight: 1 },
    { id: 1, weight: 2 },
  ]
  expect(representing()(ofOneKey, [objects])).toMatchObject({
    ...{ text: '[{"id":1,"weight":1},{"id":1,"weight":2}]', indexes: [0, 1, 0, 1] },
  })
})
