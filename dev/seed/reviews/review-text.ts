// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

import { design } from '../catalogue/product.ts'
import type { Pattern } from '../catalogue/sock-design.ts'
import { sockTypeOf } from '../catalogue/sock-type.ts'
import { coloursOf } from '../catalogue/variant.ts'
import type { Opinion } from '../customers/life.ts'
import { OCCASIONS } from '../customers/occasion.ts'
import type { Plan } from '../plan.ts'
import type { Chance } from '../random/chance.ts'
import type { Rating } from './review.ts'
import { ASPECTS } from './review-aspects.ts'
import { CLOSERS, EXPERIENCE, OFF_TOPIC, OPENERS, TITLES, TONES } from './review-words.ts'

/** A pattern's name within a sentence, after "the". */
const PATTERN_NOUNS: Record<Pattern, string> = {
  Argyle: 'argyle pattern',
  Striped: 'striping',
  Herringbone: 'herringbone',
  Dotted: 'dot pattern',
  Chevron: 'chevron',
  Gingham: 'gingham',
  Ribbed: 'ribbing',
  Cable: 'cable knit',
  Houndstooth: 'houndstooth',
  Birdseye: 'birdseye',
  'Colour-Block': 'colour blocking',
  Plain: 'plain knit',
  Snowfall: 'snowfall pattern',
  Lattice: 'lattice',
  Wave: 'wave pattern',
  Speckled: 'speckled yarn',
}

export type ReviewSubject = { opinion: Opinion; rating: Rating; offTopic: boolean }

/**
 * A review in which every sentence agrees with its rating: an opening, the experience it is based on, two or
 * three aspects, usually a closing. Names, colours, materials and occasions are the product's own.
 */
export function writeReview(
  plan: Plan,
  random: Chance,
  { opinion, rating, offTopic }: ReviewSubject,
): { title: string | null; body: string } {
  const type = sockTypeOf(opinion.product)
  const { name, pattern, material } = design(plan, opinion.product)
  const weeks = random.between(3, 24)
  const words: Record<string, string> = {
    name,
    pattern: PATTERN_NOUNS[pattern],
    material,
    colour: random.pick(coloursOf(plan, opinion.product)).name.toLowerCase(),
    socks: type.noun.toLowerCase(),
    worn: random.pick(OCCASIONS[opinion.occasion]?.worn ?? ['a month']),
    washes: String(weeks + random.below(weeks)),
    weeks: String(weeks),
  }
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, word: string) => words[word] ?? '')
  const title = random.flip(0.75) ? fill(random.pick(TITLES[rating])) : null
  const opener = random.pick(offTopic ? OFF_TOPIC : OPENERS[rating])
  const sentences = [opener, random.pick(EXPERIENCE), ...noticed(random, rating)]
  if (random.flip(0.8)) sentences.push(random.pick(CLOSERS[rating]))
  return { title, body: sentences.map((sentence) => capitalised(fill(sentence))).join(' ') }
}

/** A middling rating mentions good and bad; the others only one kind. */
function noticed(random: Chance, rating: Rating): string[] {
  const count = random.between(2, 3)
  const first = random.below(ASPECTS.length)
  return Array.from({ length: count }, (_, place) => {
    const aspect = ASPECTS[(first + place * 3) % ASPECTS.length]
    if (!aspect) throw new Error('An aspect is missing.')
    const tones = TONES[rating]
    const tone = tones[place % tones.length] ?? 'good'
    return random.pick(aspect[tone])
  })
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
