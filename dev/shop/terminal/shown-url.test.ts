import { expect, test } from 'vitest'
import { shownUrl } from './shown-url.ts'

test.each([
  ['http://127.0.0.1:4000/graphql', 'http://localhost:4000/graphql'],
  ['http://0.0.0.0:4000', 'http://localhost:4000'],
  ['http://[::1]:4000/', 'http://localhost:4000'],
  ['http://[::]:4000/', 'http://localhost:4000'],
  ['http://192.0.2.7:4000/a/', 'http://192.0.2.7:4000/a'],
])('%s is shown as %s', (url, shown) => {
  expect(shownUrl(url)).toBe(shown)
})
