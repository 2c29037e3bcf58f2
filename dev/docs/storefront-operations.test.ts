import path from 'node:path'
import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { readSdl } from '../../router/supergraph/read-sdl.ts'
import { buildSupergraph } from '../../router/supergraph/supergraph.ts'
import { storefrontOf } from '../../subgraphs/notifications/mailbox/storefront.ts'
import { root } from '../repository.ts'

const { sdl } = await readSdl(path.join(root, 'supergraph.yaml'))
const { clientSchema } = buildSupergraph(sdl, false)

test.each([
  ['/account/reset-password', 'Choose a new password', true],
  ['/account/verify-email', 'Confirm the address', true],
  ['/account/change-email', 'Confirm the new address', true],
  ['/account/undo-email-change', 'Take the change of the address back', true],
  ['/account/forgotten-password', 'Ask for a new password', false],
  ['/account/reviews', 'Your reviews', false],
  ['/account/tickets', 'Your tickets', false],
  ['/staff', 'What is open for staff', false],
  ['/products/harbour-crew', 'Our socks', false],
  ['/orders/A-7K2M-9QX3', 'Your orders', false],
])('the mailbox shows for the link %s an operation of the graph: %s', (link, title, hasToken) => {
  const found = storefrontOf(link)
  expect(found).toMatchObject({ title, hasToken })
  expect(validate(clientSchema, parse(found?.operation ?? ''))).toEqual([])
})
