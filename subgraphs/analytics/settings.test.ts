import { expect, test } from 'vitest'
import { analyticsSettings } from './settings.ts'

test('the time zone is UTC unless it is set', () => {
  expect(analyticsSettings.parse({})).toEqual({ SHOP_TIME_ZONE: 'UTC' })
  const set = { SHOP_TIME_ZONE: 'Asia/Kathmandu' }
  expect(analyticsSettings.parse(set)).toEqual(set)
  expect(analyticsSettings.safeParse({ SHOP_TIME_ZONE: 'Leipzig' }).error?.issues[0]?.path).toEqual([
    'SHOP_TIME_ZONE',
  ])
})
