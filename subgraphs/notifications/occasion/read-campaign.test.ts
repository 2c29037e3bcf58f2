import { expect, test } from 'vitest'
import { sampleOf } from '../testing/open-notifications.ts'
import { readCampaign } from './read-campaign.ts'

const { data, ...about } = sampleOf('support', 'support.campaign.messaged')
const recipient = { messageId: 'cms_1', userId: 'usr_1', path: '/c/abc-1_2', couponCode: null }
const read = (recipients: readonly object[]) => readCampaign({ ...about, data: { ...data, recipients } })

test('a part of an audience is read to its last person, up to 100 of them', () => {
  const people = Array.from({ length: 101 }, (_, index) => ({ ...recipient, messageId: `cms_${index}` }))
  const ids = read(people.slice(1)).map(({ id }) => id)
  expect([ids.length, ids.at(0), ids.at(-1)]).toEqual([100, 'CAMPAIGN cms_1', 'CAMPAIGN cms_100'])
  expect(() => read(people)).toThrow()
})

test.each(['https://evil.example/', '//evil.example', '/c/', '/c/a/b', '/d/abc', 'x/c/abc'])(
  'a link that leads to %j is refused',
  (path) => {
    expect(read([recipient])).toHaveLength(1)
    expect(() => read([{ ...recipient, path }])).toThrow()
  },
)
