import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { walk, withPicture } from './readme.ts'

test('the diagram in README.md is that of the schemas (npm run picture draws it)', () => {
  const text = readFileSync(path.join(root, 'README.md'), 'utf8')
  expect(withPicture(text)).toBe(text)
})

test('each step of the walk names its caller', () => {
  const steps = walk()
  expect(steps.length).toBeGreaterThan(10)
  expect(steps.filter(({ asker }) => !['guest', 'you', 'staff'].includes(asker))).toEqual([])
})
