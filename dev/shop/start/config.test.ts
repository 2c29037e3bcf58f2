import { environment } from '@argyle/kit/config'
import { afterEach, expect, test, vi } from 'vitest'
import { preferProductionLibraries } from './config.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test.each([
  [undefined, 'production'],
  ['', 'production'],
  ['development', 'development'],
])('where NODE_ENV is %j, libraries run in %s', (given, expected) => {
  vi.stubEnv('NODE_ENV', given)
  preferProductionLibraries()
  expect(environment().NODE_ENV).toBe(expected)
})
