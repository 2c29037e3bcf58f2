// Invalid values, by kind of field. The second of a pair is the value as repeated in the error message.

/** A postal address as a guest enters it. */
export const ADDRESS = {
  recipient: 'Ada',
  line1: '1 Loom Lane',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  countryCode: 'GB',
}

export const LONG = 'x'.repeat(10_000)
export const OVERFLOWING = 2_147_483_648

export const BAD_ID: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['nonsense', 'nonsense'],
  ['usr_1', 'usr_1'],
  [LONG, '10000 characters'],
  ['crt_\u0000'],
  [7, 7],
  [[1, 2]],
  [{ a: 1 }],
]
export const BAD_KEY: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['   '],
  [LONG, '10000 characters'],
  ['a-key-with-\u0000-in-its-middle'],
  [{ a: 1 }],
]
export const BAD_TOKEN: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['   '],
  [LONG, '10000 characters'],
  ['a\u0000b'],
  ['a b', 'a b'],
  [7, 7],
]
export const BAD_VERSION: [unknown, unknown?][] = [
  [undefined],
  [null],
  [0, 0],
  [-1, -1],
  [99, 99],
  [OVERFLOWING, OVERFLOWING],
  ['2', '"2"'],
  [1.5, 1.5],
]
export const BAD_QUANTITY: [unknown, unknown?][] = [
  [undefined],
  [null],
  [-1, -1],
  [100, 100],
  [OVERFLOWING, OVERFLOWING],
  ['1', '"1"'],
  [1.5, 1.5],
]
export const BAD_MONEY: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['12.99'],
  [{ amount: '12.99' }],
  [{ amount: '12.99', currencyCode: 'XXX' }, 'XXX'],
  [{ amount: '12.99', currencyCode: 'usd' }, 'usd'],
  [{ amount: '', currencyCode: 'USD' }],
  [{ amount: 'NaN', currencyCode: 'USD' }, 'NaN'],
  [{ amount: '1e2', currencyCode: 'USD' }, '1e2'],
  [{ amount: 12.99, currencyCode: 'USD' }, 12.99],
  [{ amount: '12.999', currencyCode: 'USD' }, '12.999'],
  [{ amount: '-12.99', currencyCode: 'USD' }, '-12.99'],
  [{ amount: '99999999999999999999', currencyCode: 'USD' }, '99999999999999999999'],
  [{ amount: '999999999999999', currencyCode: 'USD' }, '999999999999999'],
]
export const BAD_CODE: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['ab'],
  [LONG, '10000 characters'],
  ['a\u0000bc'],
  ["'; DROP TABLE coupon; --"],
  ['ß'.repeat(3)],
]
export const BAD_LIMIT: [unknown, unknown?][] = [
  [0, 0],
  [-1, -1],
  [OVERFLOWING, OVERFLOWING],
  [2_000_000_000, 2_000_000_000],
  ['1', '"1"'],
]
export const BAD_TIME: [unknown, unknown?][] = [
  ['', '""'],
  ['tomorrow', 'tomorrow'],
  ['2026-13-01T00:00:00Z', '2026-13'],
  [0, 0],
]

export const BAD_COUNTRY: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['FRA', 'FRA'],
  ['Q9', 'Q9'],
  ['ZZ', 'ZZ'],
  ['F\u0000'],
  [LONG, '10000 characters'],
  [1, 1],
]
export const BAD_CATEGORY: [unknown, unknown?][] = [
  ['', '""'],
  ['1ST', '1ST'],
  ['RE DUCED', 'RE DUCED'],
  ['R\u0000'],
  [LONG, '10000 characters'],
]

export const unknownId = (prefix: string): [unknown, unknown] => {
  const id = `${prefix}_019aa5c2-8c00-7000-8000-00000000dead`
  return [id, id]
}
export const BAD_EMAIL: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['ada', 'ada'],
  ['ada@host', 'ada@host'],
  ['a\u0000@argyle.example'],
  [`${LONG}@argyle.example`],
  [7, 7],
]
export const BAD_ADDRESS: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['1 Loom Lane'],
  [{}],
  [{ ...ADDRESS, recipient: '' }, '""'],
  [{ ...ADDRESS, line1: LONG }, '10000 characters'],
  [{ ...ADDRESS, city: 'a\u0000b' }],
  [{ ...ADDRESS, region: LONG }, '10000 characters'],
  [{ ...ADDRESS, postalCode: '#1' }, '#1'],
  [{ ...ADDRESS, countryCode: 'Q9' }, 'Q9'],
]
export const BAD_PERCENT: [unknown, unknown?][] = [
  [undefined],
  [null],
  ['', '""'],
  ['-1', '-1'],
  ['100.1', '100.1'],
  ['1.00001', '1.00001'],
  ['1e2', '1e2'],
  ['NaN', 'NaN'],
  [8.5, 8.5],
]
export const BAD_OPTION: [unknown, unknown?][] = [
  ...BAD_ID.filter(([value]) => typeof value !== 'string'),
  ['', '""'],
  ['nonsense', 'nonsense'],
  ['sho_e30.x', 'sho_e30.x'],
  [`sho_e30.${'x'.repeat(86)}`],
  [`sho_${'x'.repeat(10_000)}`, 'characters'],
  ['sho_\u0000'],
]
