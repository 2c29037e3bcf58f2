import { keyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADD, anAddress } from './testing/address-book.ts'
import { openUsers, PASSWORD, SIGN_UP, type TestUsers } from './testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

test('the same key of another customer is another key, though all else is the same; another input of one customer is refused', async () => {
  const [ada, bob] = [await users.signUp(), await users.signUp()]
  const input = anAddress()
  const ids: string[] = []
  for (const { viewer } of [ada, bob, ada])
    ids.push((await users.execute(ADD, { input }, viewer)).data.addAddress.address.id)
  const [hers, his, again] = ids
  expect(his).not.toBe(hers)
  expect(again).toBe(hers)
  const other = await users.execute(ADD, { input: { ...input, line1: '2 Loom Lane' } }, ada.viewer)
  expect(other.data.addAddress).toMatchObject({
    address: null,
    userErrors: [
      {
        __typename: 'IdempotencyKeyReusedError',
        message: expect.stringContaining(`"${input.idempotencyKey}"`),
      },
    ],
  })
})

test('nobody is signed in when signing up: there the key is everybody’s, and needs the same e-mail address', async () => {
  const input = { idempotencyKey: 'one key of two people', password: PASSWORD, displayName: 'Ada' }
  const signUp = async (email: string) =>
    (await users.execute(SIGN_UP, { input: { ...input, email } })).data.signUp
  expect((await signUp('ada@argyle.example')).userErrors).toEqual([])
  expect(await signUp('eve@argyle.example')).toMatchObject({
    session: null,
    userErrors: [{ __typename: 'IdempotencyKeyReusedError' }],
  })
})

test('these are all mutations that take a key', async () => {
  const keyed = keyedMutations(new URL('schema.graphql', import.meta.url))
  expect(keyed).toEqual(['addAddress', 'signUp'])
})
