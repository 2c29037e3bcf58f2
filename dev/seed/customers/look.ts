import type { Pattern } from '../catalogue/sock-design.ts'

/**
 * Patterns that are liked together. People who share a look buy alike, which recommendations need: without it, what a
 * person buys next depends on the occasion and on popularity alone.
 */
export const LOOKS: readonly (readonly Pattern[])[] = [
  ['Argyle', 'Herringbone', 'Houndstooth'],
  ['Striped', 'Chevron', 'Colour-Block'],
  ['Cable', 'Ribbed', 'Snowfall'],
  ['Dotted', 'Wave', 'Speckled'],
  ['Plain', 'Birdseye', 'Gingham', 'Lattice'],
]
