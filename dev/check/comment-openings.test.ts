import { expect, test } from 'vitest'
import { commentFaults } from './comment-openings.ts'

const faults = (source: string, file = 'dev/example.ts') => commentFaults(file, source)

test.each([
  ['/** What a resolver has at hand. */', 1, 'What a'],
  ['const a = 1\n/**\n * Who asks, and when.\n * @param a one\n */', 3, 'Who asks,'],
  ['  // So often it is tried.', 1, 'So often'],
  ['/* Of one message type. */', 1, 'Of one'],
  ['/** How often it is tried. */', 1, 'How often'],
])('%j is found', (source, line, words) => {
  expect(faults(source)).toEqual([
    `dev/example.ts:${line}: a comment opens with "${words}": begin with its subject and the field's own word, such as "Maximum number of attempts", not "So often it is tried"`,
  ])
})

test.each([
  '/** The context of resolvers. */',
  '/** Somebody with an account. */',
  '/** Whether the viewer may see it. */',
  '/** How a page is loaded. */',
  // A later line of a comment may begin with any word of its sentence.
  '/**\n * Four of them.\n * Of these, one is low.\n */',
  '// The first of several lines.\n// So the second may begin like this.',
  "const text = 'x // What is this'",
])('%j is not', (source) => {
  expect(faults(source)).toEqual([])
})
