import { expect, test } from 'vitest'
import type { Details } from '../occasion/occasion.ts'
import { mailOf } from './mail.ts'
import { type Style, write } from './message.ts'

const style: Style = {
  language: 'en',
  timeZone: 'UTC',
  storefront: 'https://shop.example',
  publicUrl: 'https://graph.example/',
  isAnswered: true,
}
const campaign: Details = {
  kind: 'CAMPAIGN',
  language: 'en',
  title: 'Warm feet, {{customerName}}',
  body: 'A word.\n\nYour code is {{couponCode}}.',
  actionLabel: 'To the shop',
  path: '/c/abc-123',
  couponCode: 'WARM-7',
  expiresAt: '2026-12-01T00:00:00.000Z',
}
const message = (name: string, allowsOpenTracking = false, but: object = {}) =>
  write({ details: { ...campaign, ...but }, name, order: null, allowsOpenTracking }, style)

test('names and codes stand in the text, paragraphs are kept, and the link leads to the router', () => {
  expect(message('Ada')).toMatchObject({
    title: 'Warm feet, Ada',
    body: 'A word.',
    paragraphs: ['Your code is WARM-7.'],
    rows: [{ label: 'Your code', value: 'WARM-7' }],
    action: { label: 'To the shop', url: 'https://graph.example/c/abc-123' },
  })
  expect(message('', false, { couponCode: null })).toMatchObject({ title: 'Warm feet, you', rows: [] })
})

test('a name is inserted as it is, and escaped in HTML', () => {
  const evil = '{{couponCode}} $& <b>'
  expect(message(evil).title).toBe(`Warm feet, ${evil}`)
  expect(mailOf(message(evil), 'en').html).not.toContain('<b>')
})

test('a picture that records the opening is in the e-mail only if the person allows it', () => {
  expect(mailOf(message('Ada'), 'en').html).not.toContain('<img')
  const { html, text } = mailOf(message('Ada', true), 'en')
  expect(html).toContain('<img src="https://graph.example/c/abc-123.gif" width="1" height="1" alt="">')
  expect(text).not.toContain('.gif')
})
