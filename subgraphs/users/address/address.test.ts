import { isCountryCode } from '@argyle/kit/country'
import { expect, test } from 'vitest'
import { type Address, addAddress, changeAddress, MAX_ADDRESSES, removeAddress } from './address.ts'
import { addressChangeSchema, addressContentSchema } from './address-input.ts'

const made = new Date('2026-11-01T08:00:00Z')
const now = new Date('2026-11-21T08:00:00Z')
const input = {
  recipient: 'Ada',
  line1: '1 Loom Lane',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  countryCode: 'gb',
}
const content = addressContentSchema.parse(input)
const home: Address = {
  ...content,
  line2: 'Flat 3',
  id: 'adr_1',
  userId: 'usr_1',
  version: 2,
  createdAt: made,
  updatedAt: made,
}

test('what is left out of a new address is empty, and it is not the default', () => {
  expect(content).toEqual({ ...input, countryCode: 'GB', line2: null, region: null, isDefault: false })
  const nulls = { line2: null, region: null, isDefault: null }
  expect(addressContentSchema.parse({ ...input, ...nulls })).toEqual(content)
})

test('a postal code may have a hyphen, and spaces around a country do not matter', () => {
  const porto = { ...input, postalCode: '4000-322', countryCode: ' pt ' }
  expect(addressContentSchema.parse(porto)).toMatchObject({ postalCode: '4000-322', countryCode: 'PT' })
})

test.each([
  ['9', true],
  ['K1A 0B1', true],
  ['〒１００-0001', false],
  ['１００-0001', true],
  ['-1000', false],
  ['1000-', false],
  ['10_00', false],
])('%j is a postal code: %j', (postalCode, isOne) => {
  expect(addressContentSchema.safeParse({ ...input, postalCode }).success).toBe(isOne)
})

test('an address book has an end', () => {
  const at = (held: number) => addAddress({ id: 'adr_2', userId: 'usr_1', content, held }, now)
  expect(at(MAX_ADDRESSES - 1)).toMatchObject({ ok: true, value: { version: 1, createdAt: now } })
  const message = `the address book holds ${MAX_ADDRESSES} addresses: allowed is at most ${MAX_ADDRESSES}`
  expect(at(MAX_ADDRESSES)).toMatchObject({
    ok: false,
    errors: [{ __typename: 'ValidationError', message }],
  })
})

test('a change touches only what it names; null empties what may be empty', () => {
  const change = addressChangeSchema.parse({ city: 'York' })
  const moved = changeAddress(home, { expectedVersion: 2, change }, now)
  expect(moved).toEqual({ ok: true, value: { ...home, city: 'York', version: 3, updatedAt: now } })
  const emptied = changeAddress(
    home,
    { expectedVersion: 2, change: addressChangeSchema.parse({ line2: null }) },
    now,
  )
  expect(emptied).toMatchObject({ ok: true, value: { line2: null, line1: '1 Loom Lane' } })
  expect(addressChangeSchema.safeParse({ city: null }).success).toBe(false)
})

test('a change to the same changes nothing', () => {
  const change = addressChangeSchema.parse({ ...input, line2: 'Flat 3' })
  expect(changeAddress(home, { expectedVersion: 2, change }, now)).toEqual({ ok: true, value: home })
})

test('a stale version neither changes nor removes', () => {
  const conflict = { ok: false, errors: [{ __typename: 'VersionConflictError', currentVersion: 2 }] }
  expect(changeAddress(home, { expectedVersion: 1, change: { city: 'York' } }, now)).toMatchObject(conflict)
  expect(removeAddress(home, 3)).toMatchObject(conflict)
  expect(removeAddress(home, 2)).toEqual({ ok: true, value: home })
})

test('countries are those that ISO 3166-1 assigns', () => {
  for (const code of ['FR', 'JP', 'GB', 'XK', 'UK', 'EU', 'ZZ', 'DD', 'fr', '']) {
    expect([code, isCountryCode(code)]).toEqual([code, ['FR', 'JP', 'GB'].includes(code)])
  }
})
