import { parse } from 'graphql'
import { expect, test } from 'vitest'
import type { Operation } from '../operation/operation.ts'
import { rememberingFailures } from './failed-plans.ts'
import { OutsideBusy, OverBudget } from './outside.ts'

function operation(text: string): Operation {
  const [definition] = parse(text).definitions
  if (definition?.kind !== 'OperationDefinition') throw new Error(`${text} is no operation`)
  return { definition, fragments: {} }
}

const ANY = { labels: [], roll: 0 }
const [DEAR, CHEAP] = [operation('{ dear }'), operation('{ cheap }')]

/** A planner that fails for one operation. */
function failing(error: Error) {
  const asked: Operation[] = []
  let time = 0
  const planner = rememberingFailures(
    {
      async plan(one) {
        asked.push(one)
        if (one === DEAR) throw error
        return { root: null }
      },
      close() {},
    },
    () => time,
  )
  return {
    asked,
    plan: (one: Operation) => planner.plan(one, ANY),
    pass(ms: number) {
      time += ms
    },
  }
}

test('an operation that took too much fails at once until a pause is over, which doubles', async () => {
  const { asked, plan, pass } = failing(new OverBudget('too much'))
  for (const [afterMs, isAsked] of [
    [0, true],
    [4_999, false],
    [1, true],
    [9_999, false],
    [1, true],
    [19_999, false],
  ] as const) {
    pass(afterMs)
    asked.length = 0
    await expect(plan(DEAR)).rejects.toThrow('too much')
    expect([afterMs, asked.length]).toEqual([afterMs, isAsked ? 1 : 0])
  }
  await expect(plan(CHEAP)).resolves.toEqual({ root: null })
})

test.each([new OutsideBusy('many wait'), new Error('no such field')])(
  '%s is not remembered',
  async (error) => {
    const { asked, plan } = failing(error)
    for (let time = 0; time < 3; time++) await expect(plan(DEAR)).rejects.toBe(error)
    expect(asked).toHaveLength(3)
  },
)
