import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { expect, test } from 'vitest'
import { create, edit, maySee } from './gadget.ts'
import { aGadget, CONTENT } from './testing/a-gadget.ts'

const warmer = { ...CONTENT, title: 'Warmer' }
const now = new Date('2026-11-02T08:00:00.000Z')

test('a new gadget has version 1', () => {
  const ids = { id: 'gdt_1', customerId: 'usr_1', productId: 'prd_1' }
  const begun = create(ids, CONTENT, now)
  expect(begun).toMatchObject({ ...ids, ...CONTENT, version: 1, createdAt: now })
})

test('an edit replaces the content and increments the version', () => {
  const gadget = aGadget({ version: 4 })
  const { customerId } = gadget
  const decision = edit(gadget, { customerId, expectedVersion: 4, content: warmer }, now)
  expect(decision).toEqual({ ok: true, value: { ...gadget, ...warmer, version: 5, updatedAt: now } })
})

test('an edit of an outdated version is refused with the current version', () => {
  const gadget = aGadget({ version: 4 })
  const { customerId } = gadget
  expect(edit(gadget, { customerId, expectedVersion: 3, content: warmer }, now)).toMatchObject({
    ok: false,
    errors: [{ __typename: 'VersionConflictError', currentVersion: 4 }],
  })
})

test("somebody else's gadget is refused like one that does not exist", () => {
  const gadget = aGadget()
  const change = { customerId: newId('usr'), expectedVersion: 1, content: warmer }
  expect(edit(gadget, change, now)).toMatchObject({
    errors: [{ __typename: 'ValidationError', message: `there is no gadget "${gadget.id}"`, path: ['id'] }],
  })
})

test('only the customer who created a gadget can see it', () => {
  const gadget = aGadget()
  const viewers = [customer(gadget.customerId), customer(newId('usr')), anonymous]
  expect(viewers.map((viewer) => maySee(viewer, gadget))).toEqual([true, false, false])
})
