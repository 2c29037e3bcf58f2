import { describe, expect, test } from 'vitest'
import { fold, headsOf, isFiller, isForAll, meaningsOf } from './lexicon.ts'
import { LEXICON_ROWS } from './lexicon-rows.ts'

/** A word of each row, with the names of the catalogue that it stands for. */
const MEANT: readonly (readonly [said: string, meant: string])[] = [
  ['knee length', 'over-the-calf, knee, compression'],
  ['over calf', 'over-the-calf'],
  ['sneakersocken', 'ankle'],
  ['loafer', 'no-show'],
  ['wadenhoch', 'mid-calf'],
  ['wedding', 'dress'],
  ['trail', 'running'],
  ['mountain bike', 'cycling'],
  ['outdoor', 'hiking'],
  ['medical', 'compression'],
  ['bedtime', 'bed'],
  ['hüttenschuh', 'slipper'],
  ['baby', 'kids'],
  ['training', 'sport'],
  ['fluffy', 'bed, slipper, lambswool, alpaca, cashmere, boiled wool'],
  ['daily', 'everyday'],
  ['woolly', 'merino, lambswool, wool'],
  ['merinowoll', 'merino'],
  ['lambs wool', 'lambswool'],
  ['baumwoll', 'cotton'],
  ['bio', 'organic cotton'],
  ['flax', 'linen'],
  ['seiden', 'silk'],
  ['kashmir', 'cashmere'],
  ['alpacca', 'alpaca'],
  ['viskose', 'bamboo'],
  ['lyocell', 'tencel'],
  ['polyamid', 'nylon, polyamide'],
  ['synthetik', 'nylon, polyamide, microfibre, coolmax'],
  ['ecological', 'organic cotton, recycled'],
  ['plant based', 'cotton, bamboo, linen, tencel, polyamide, microfibre, coolmax'],
  ['recycle', 'recycled'],
  ['microfiber', 'microfibre'],
  ['walkwolle', 'boiled wool'],
  ['klein', 'S'],
  ['mittel', 'M'],
  ['large', 'L'],
  ['einheitsgröße', 'one size'],
  ['raute', 'argyle'],
  ['gestreift', 'striped'],
  ['spot', 'dotted'],
  ['zig zag', 'chevron'],
  ['plaid', 'gingham'],
  ['rippen', 'ribbed'],
  ['zopf', 'cable'],
  ['hounds tooth', 'houndstooth'],
  ["bird's eye", 'birdseye'],
  ['colour block', 'colour-block'],
  ['einfarbig', 'plain'],
  ['schneeflocke', 'snowfall'],
  ['grid', 'lattice'],
  ['wellen', 'wave'],
  ['mottled', 'speckled'],
  ['fischgrätmuster', 'herringbone'],
  ['blau', 'ink, sky, navy, blue'],
  ['navy blue', 'ink, navy'],
  ['hellblau', 'sky'],
  ['grün', 'moss, forest, green'],
  ['dunkelgrün', 'forest'],
  ['rot', 'berry, rust, coral, red'],
  ['orange', 'rust, coral, orange'],
  ['braun', 'rust, oat, brown'],
  ['ivory', 'oat, beige'],
  ['anthracite', 'charcoal, grey'],
  ['schwarz', 'charcoal, black'],
  ['senf', 'mustard, yellow'],
  ['lila', 'plum, purple'],
  ['rosa', 'coral, berry, pink'],
  ['wine', 'berry'],
  ['weiß', 'snow, white'],
  ['moos', 'moss'],
  ['rostrot', 'rust'],
  ['wald', 'forest'],
  ['beere', 'berry'],
  ['koralle', 'coral'],
]

describe('the lexicon', () => {
  test.each(MEANT)('%s means %s', (said, meant) => {
    expect(meaningsOf(said)?.join(', ')).toBe(meant)
  })

  test('has no row without a word above', () => {
    expect(MEANT).toHaveLength(LEXICON_ROWS.length)
  })

  test.each([
    ['GRUEN', 'moss, forest, green'],
    ['grun', 'moss, forest, green'],
    ['blaue', 'ink, sky, navy, blue'],
    ['joggers', 'running'],
    ['bird’s eye', 'birdseye'],
    ['polkadots', 'dotted'],
    ['overthecalf', 'over-the-calf'],
    ['over-the-calf', 'over-the-calf'],
    ['light blue', 'sky'],
  ])('knows %s in other forms', (said, meant) => {
    expect(meaningsOf(said)?.join(', ')).toBe(meant)
  })

  test('has no entry for other words, nor for stems of less than three letters', () => {
    expect(['fjord', 'uns', 'ros', ''].map(meaningsOf)).toEqual([null, null, null, null])
  })
})

test('words that say nothing are ignored, also inflected and in compounds', () => {
  expect(['gift', 'günstige', 'Damensocken', 'Men’s', 'größe'].map(isFiller)).toEqual(Array(5).fill(true))
  expect(['merino', 'Wandersocken', 'men-at-work'].map(isFiller)).toEqual([false, false, false])
  expect(['Socks', 'Strümpfe', 'paar'].map(isForAll)).toEqual([true, true, true])
  expect(isForAll('crew')).toBe(false)
})

test('a compound has a first part, also without its linking letters; a short one is none', () => {
  expect(headsOf('Wandersocken')).toEqual(['wander'])
  expect(headsOf('bed-socks')).toEqual(['bed'])
  expect(headsOf('Hochzeitssocken')).toEqual(['hochzeits', 'hochzeit'])
  expect(headsOf('Damensocken')).toEqual(['damen', 'dame', 'dam'])
  expect(headsOf('absocks')).toEqual([])
  expect(headsOf('merino')).toEqual([])
  expect(fold('Größe’S')).toBe("grosse's")
})
