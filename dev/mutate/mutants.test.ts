import { describe, expect, test } from 'vitest'
import { mutantsOf, mutated } from './mutants.ts'

/** All forms that a source of one statement can take. */
const formsOf = (source: string) => mutantsOf(source).map((mutant) => mutated(source, mutant))

describe('code', () => {
  test.each([
    ['if (a) b()', [';', 'if (!(a)) b()']],
    ['x = a && b', [';', 'x = (a)', 'x = (b)']],
    ['x = a ?? b', [';', 'x = (a)']],
    ['const x = a < b', ['const x = a <= b']],
    ['const x = a === b', ['const x = a !== b']],
    ['const x = !a', ['const x = a']],
    ['const x = a * b', ['const x = a / b']],
    ["const x = a + 'b'", []],
    ['const x = 7', ['const x = 8']],
    ['const x = xs.some(f)', ['const x = xs.every(f)']],
    ['const x = xs.sort(f)', ['const x = xs']],
    ['throw e', [';']],
  ])('%s', (source, forms) => {
    expect(formsOf(source)).toEqual(forms)
  })

  test('types have no effect, so they stay', () => {
    expect(formsOf('type A = { a: 1 } | 2')).toEqual([])
    expect(formsOf('const x: A<true> = a as 3')).toEqual([])
  })

  test('the condition of a loop stays: the changed one might never end', () => {
    expect(formsOf('while (a < b) c()')).toEqual(['while (a < b) ;'])
    expect(formsOf('for (let i = 0; i < 9; i++) c()')).toEqual(['for (let i = 0; i < 9; i++) ;'])
  })
})

describe('queries', () => {
  test('members of Prisma’s arguments and of their where', () => {
    expect(formsOf('const x = find({ where: { id, customerId }, orderBy: at })')).toEqual([
      'const x = find({  orderBy: at })',
      'const x = find({ where: {  customerId }, orderBy: at })',
      'const x = find({ where: { id,  }, orderBy: at })',
      'const x = find({ where: { id, customerId },  })',
    ])
  })

  test('clauses of SQL, at their place in the file', () => {
    const source = 'const ä = 1\nconst x = sql`SELECT id FROM cart FOR UPDATE`'
    const lock = mutantsOf(source).find(({ from }) => from.includes('FOR UPDATE'))
    expect(lock).toMatchObject({ kind: 'sql', line: 2 })
  })
})

describe('texts that people read', () => {
  test.each([
    ["const x = 'not a word'", ["const x = 'something else'"]],
    ["const x = 'word'", []],
    [`const x = \`the id is \${id}\``, [`const x = \`the id is \${''}\``]],
    [`const x = \`\${a}-\${b}\``, []],
  ])('%s', (source, forms) => {
    expect(formsOf(source)).toEqual(forms)
  })
})
