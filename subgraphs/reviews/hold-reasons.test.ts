import { expect, test } from 'vitest'
import { holdReasons } from './hold-reasons.ts'

test.each([
  ['see https://example.test/socks', ['LINK']],
  ['see http://example.test/socks', ['LINK']],
  ['see WWW.example.test', ['LINK']],
  ...['com', 'net', 'org', 'info', 'biz', 'io', 'ru', 'cn', 'xyz'].map((domain): [string, string[]] => [
    `see a.${domain} for more`,
    ['LINK'],
  ]),
  ['cheaper at best-socks.com, honestly', ['LINK']],
  ['write to ada.b+shop@example.test', ['EMAIL_ADDRESS']],
  ['write to ada@example.com', ['EMAIL_ADDRESS']],
  ['write to ADA@EXAMPLE.TEST', ['EMAIL_ADDRESS']],
  ['write to ada@example.com, or to bob@example.net', ['EMAIL_ADDRESS']],
  ['write to ada+@example.test, please', ['EMAIL_ADDRESS']],
  ['ada@example.com or example.com', ['LINK', 'EMAIL_ADDRESS']],
  ['call +44 20 7946 0123', ['PHONE_NUMBER']],
  ['call (030) 1234-5678', ['PHONE_NUMBER']],
  ['call 030/12.34.56.78', ['PHONE_NUMBER']],
  ['call +1 (20) 7.94/6', ['PHONE_NUMBER']],
  ['call ０３０１２３４５６７８', ['PHONE_NUMBER']],
  ['THESE ARE THE WORST SOCKS I EVER BOUGHT', ['SHOUTING']],
  ['soooooo good', ['REPETITION']],
  ['sOoOoOo good', ['REPETITION']],
  ['schööööööön', ['REPETITION']],
  ...['broken!!!!!!', 'really??????', 'cheap$$$$$$', 'd******d', '1111112'].map(
    (body): [string, string[]] => [body, ['REPETITION']],
  ),
])('%s is held: %j', (body, reasons) => {
  expect(holdReasons({ title: null, body })).toEqual(reasons)
})

test.each([
  'Warm, soft, and true to size.',
  'LOVE THEM, size XXL',
  'I am 42, wear 39-42 and bought 3 pairs for 24.99 on 2026-11-21',
  'Nice.Online order was quick, and so was the delivery',
  'Worn 1.000.000 steps... still no hole',
  'so good!!! sooo good',
  'awwww. So cute',
  'So soft.Comfortable too',
  '靴下はとても暖かくて、足にぴったりです。また買います。',
])('%s is published', (body) => {
  expect(holdReasons({ title: null, body })).toEqual([])
})

test.each([
  // A phone number has nine digits, or seven after a plus.
  ['12345678', []],
  ['123456789', ['PHONE_NUMBER']],
  ['+123456', []],
  ['+1234567', ['PHONE_NUMBER']],
  // At most two separators between two digits.
  ['1 - 23456789', []],
  ['1 -23456789', ['PHONE_NUMBER']],
  // A character repeated six times is a repetition.
  ['wooool', []],
  ['wooooool', ['REPETITION']],
  // With 20 letters or more, 70 % capitals is shouting.
  ['NINETEEN LETTERS OF IT', []],
  ['TWENTYY LETTERS OF THEM', ['SHOUTING']],
  ['FOURTEENLETTER sixsix', ['SHOUTING']],
  ['THIRTEENLETTE sevenxx', []],
])('%j is at a limit: %j', (body, reasons) => {
  expect(holdReasons({ title: null, body })).toEqual(reasons)
})

test('a title is read as well, apart from the text', () => {
  expect(holdReasons({ title: 'www.example.test', body: 'Fine.' })).toEqual(['LINK'])
  expect(holdReasons({ title: 'Bought in size 41', body: '2345678 steps so far' })).toEqual(['PHONE_NUMBER'])
  expect(holdReasons({ title: 'Sooo', body: 'ooo warm' })).toEqual([])
})

test.each([
  ['a', ['REPETITION']],
  ['1 ', ['PHONE_NUMBER']],
  ['+1', []],
  ['a.', []],
  ['a-', []],
  ['@a', []],
  ['ab@', []],
  ['aB', []],
  ['A ', ['SHOUTING']],
])(
  '5000 characters of %j are judged like any other text, without backtracking for ever',
  (piece, reasons) => {
    expect(holdReasons({ title: null, body: piece.repeat(5000 / piece.length) })).toEqual(reasons)
  },
)
