import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { MisuseError, readRequest } from './request.ts'

const read = (...argv: string[]) => readRequest(argv, root)

test('a folder is enough', () => {
  expect(read('subgraphs/orders/')).toEqual({ folder: 'subgraphs/orders', count: 12, seed: 1 })
  expect(read('dev/mutate/mutants.ts', '--count', '1000', '--seed', '0')).toEqual({
    folder: 'dev/mutate/mutants.ts',
    count: 1000,
    seed: 0,
  })
})

test.each([
  [[], 'expected one folder, got 0'],
  [['dev', 'bench'], 'expected one folder, got 2'],
  [['nowhere'], 'no folder or file "nowhere" in the repository'],
  [['../..'], 'no folder or file "../.." in the repository'],
  [['dev', '--count', '0'], '--count is "0": allowed is a whole number from 1 to 1000'],
  [['dev', '--count', '1001'], '--count is "1001"'],
  [['dev', '--seed', '-1'], 'seed'],
  [['dev', '--seeds', '1'], "Unknown option '--seeds'"],
])('%j is refused', (argv, message) => {
  expect(() => read(...argv)).toThrow(MisuseError)
  expect(() => read(...argv)).toThrow(message)
})
