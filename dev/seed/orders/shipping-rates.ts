import { isCountryCode } from '@argyle/kit/country'
import type { SeedCurrency } from '../catalogue/price-ladder.ts'

/** A carrier's service. */
export const METHODS = [
  { carrier: 'Parcelway', service: 'Economy', speed: 'ECONOMY' },
  { carrier: 'Parcelway', service: 'Standard', speed: 'STANDARD' },
  { carrier: 'Swiftpost', service: 'Express', speed: 'EXPRESS' },
] as const

/** The upper ends of the weight bands, in grams: a few pairs, a drawer full, a shop window. */
export const BANDS = [500, 2_000, 30_000] as const

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Every country of ISO 3166-1 but these. */
function countriesBut(taken: readonly string[]): string[] {
  return [...ALPHABET]
    .flatMap((first) => [...ALPHABET].map((second) => first + second))
    .filter((code) => isCountryCode(code) && !taken.includes(code))
}

const EUROPE = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')

/** An area: a country, and the prefix of its postal codes unless the whole country is meant. */
type Area = readonly [country: string, prefix?: string]

/** Price steps of the lightest band and promised days, by method. */
type Tariff = {
  readonly days: readonly [number, number, number]
  readonly steps: readonly [number, number, number]
}

export type SeedZone = { readonly name: string; readonly areas: readonly Area[] } & Tariff

export const ZONES: readonly SeedZone[] = [
  { name: 'United States', areas: [['US']], days: [6, 3, 1], steps: [2, 3, 6] },
  {
    name: 'Alaska and Hawaii',
    areas: [
      ['US', '967'],
      ['US', '968'],
      ['US', '995'],
      ['US', '996'],
      ['US', '997'],
      ['US', '998'],
      ['US', '999'],
    ],
    days: [12, 7, 3],
    steps: [5, 7, 12],
  },
  { name: 'European Union', areas: EUROPE.map((code) => [code]), days: [5, 3, 1], steps: [2, 3, 6] },
  { name: 'Japan', areas: [['JP']], days: [4, 2, 1], steps: [2, 3, 6] },
  { name: 'United Kingdom', areas: [['GB']], days: [7, 4, 2], steps: [4, 5, 9] },
  {
    name: 'Rest of the world',
    areas: countriesBut(['US', 'JP', 'GB', ...EUROPE]).map((code) => [code]),
    days: [21, 12, 5],
    steps: [8, 10, 18],
  },
]

/** One step of a tariff: set as a shopkeeper would, and not converted. */
const STEP: Record<SeedCurrency, number> = { USD: 170, EUR: 160, JPY: 240 }
const END: Record<SeedCurrency, number> = { USD: 29, EUR: 10, JPY: 0 }

/** A price in minor units; each heavier band costs one step and a half more than the one below it. */
export function priceOf(tariff: Tariff, method: number, band: number, currency: SeedCurrency): number {
  const steps = (tariff.steps[method] ?? 0) + band * 1.5
  return Math.round(steps * STEP[currency]) + END[currency]
}
