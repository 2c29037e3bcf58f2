import path from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../../router/settings.ts'
import { root } from '../../repository.ts'
import { shopRouterSettings } from './shop-router-settings.ts'

const own = readSettings(path.join(root, 'router.yaml'))

test('without further origins, the settings are those of router.yaml', () => {
  expect(shopRouterSettings([])).toEqual(own)
})

test('further origins are added once, and their pages may send cookies', () => {
  const origins = ['http://localhost:5173', 'http://localhost:5173', ...own.http.cors.origins]
  const { http, ...rest } = shopRouterSettings(origins)
  expect(http.cors).toEqual({
    origins: [...new Set([...own.http.cors.origins, 'http://localhost:5173'])],
    credentials: true,
  })
  expect({ http: { ...http, cors: own.http.cors }, ...rest }).toEqual(own)
})

test('what is no origin is refused with its option', () => {
  expect(() => shopRouterSettings(['http://localhost:5173/'])).toThrow(/--cors[\s\S]*localhost:5173\//)
})
