import { type Currency, formatMoney, money } from '@argyle/kit/money'

export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

/** Countries whose orders are answered in German. */
const GERMAN = new Set(['DE', 'AT', 'LI'])

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }

/** The language of messages about an order to a country; English if the country is unknown. */
export function languageOf(countryCode: string): Language {
  return GERMAN.has(countryCode) ? 'de' : 'en'
}

/** How a language writes money, times and numbers. */
export type Format = {
  readonly language: Language
  money(minor: bigint, currency: Currency): string
  /** Date and time with the name of the zone. */
  instant(at: Date): string
  /** The form of the number, with it: `{ one: '1 pair', other: '# pairs' }`. */
  count(n: number, forms: Forms): string
  /** The counts that are not 0, separated by commas. */
  counts(each: readonly (readonly [n: number, forms: Forms])[]): string
}

type Forms = Readonly<{ one: string; other: string }>

/** Formats by Intl for a language and a time zone of the IANA database. */
export function formatOf(language: Language, timeZone: string): Format {
  const locale = LOCALES[language]
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  const instants = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  })
  const count: Format['count'] = (n, { one, other }) => {
    const form = rules.select(n) === 'one' ? one : other
    return form.replace('#', numbers.format(n))
  }
  return {
    language,
    money(minor, currency) {
      // A decimal string, so that no digit is lost; it is one by construction.
      const amount = formatMoney(money(minor, currency)).amount as `${number}`
      return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount)
    },
    instant: (at) => instants.format(at),
    count,
    counts: (each) =>
      each
        .filter(([n]) => n > 0)
        .map(([n, forms]) => count(n, forms))
        .join(', '),
  }
}
