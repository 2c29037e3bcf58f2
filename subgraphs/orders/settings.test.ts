import { expect, test } from 'vitest'
import { settings } from './settings.ts'

test.each([
  ['of its own port', {}, 'http://localhost:4005'],
  ['of the port that is set', { PORT: '7000' }, 'http://localhost:7000'],
  ['as it is set', { PUBLIC_URL: 'https://shop.example/invoices' }, 'https://shop.example/invoices'],
  [
    'without the slashes at its end',
    { PUBLIC_URL: 'https://shop.example/invoices//' },
    'https://shop.example/invoices',
  ],
])('the address of invoices is %s', (_, given, publicUrl) => {
  expect(settings.parse(given)).toEqual({ publicUrl })
})

test.each(['shop.example', 'ftp://shop.example', ''])('PUBLIC_URL is not %j', (PUBLIC_URL) => {
  const { error } = settings.safeParse({ PUBLIC_URL })
  expect(error?.issues).toMatchObject([
    { path: ['PUBLIC_URL'], message: 'a URL that starts with http:// or https://' },
  ])
})
