import type { GraphQLObjectType } from 'graphql'
import type { Draw } from '../seeded-random.ts'
import { asked, below, directive, type Writing } from './random-selection.ts'

/**
 * A few mutation fields, each selected in several places, most of them under conditions, some of which are on
 * fragments.
 */
export function repeatedMutations(root: GraphQLObjectType, draw: Draw, writing: Writing): string {
  const fields = Object.values(root.getFields())
  const asks = Array.from({ length: 1 + draw.int(3) }, (_, index) => {
    const part = draw.fork(`ask ${index}`)
    const picked = part.pick(fields)
    return { picked, text: asked(picked, fields, part, writing) }
  })
  const places = Array.from({ length: 2 + draw.int(4) }, (_, index) => {
    const part = draw.fork(index)
    const { picked, text } = part.pick(asks)
    const conditions = directive(part, writing, 60)
    return around(`${text}${conditions}${below(picked, part, writing, 0)}`, root, part, writing)
  })
  return `{ ${places.join(' ')} }`
}

function around(text: string, root: GraphQLObjectType, draw: Draw, writing: Writing): string {
  if (!draw.chance(45)) return text
  const conditions = directive(draw, writing, 70)
  if (draw.chance(70)) return around(`...${conditions} { ${text} }`, root, draw.fork('around'), writing)
  const name = `F${writing.fragments.size}`
  writing.fragments.set(name, `fragment ${name} on ${root.name} { ${text} }`)
  return `...${name}${conditions}`
}
