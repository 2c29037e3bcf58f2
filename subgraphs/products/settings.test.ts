import { expect, test } from 'vitest'
import { productSettings } from './settings.ts'

test.each([
  ['of its own port', {}, 'http://localhost:4002'],
  ['of the port that is set', { PORT: '7000' }, 'http://localhost:7000'],
  ['as it is set', { PUBLIC_URL: 'https://shop.example/pictures' }, 'https://shop.example/pictures'],
  [
    'without the slashes at its end',
    { PUBLIC_URL: 'https://shop.example/pictures//' },
    'https://shop.example/pictures',
  ],
])('the address of pictures is %s', (_, given, publicUrl) => {
  expect(productSettings.parse(given)).toEqual({ publicUrl })
})

test.each(['shop.example', 'ftp://shop.example', ''])('PUBLIC_URL is not %j', (PUBLIC_URL) => {
  const { error } = productSettings.safeParse({ PUBLIC_URL })
  expect(error?.issues).toMatchObject([
    { path: ['PUBLIC_URL'], message: 'a URL that starts with http:// or https://' },
  ])
})
